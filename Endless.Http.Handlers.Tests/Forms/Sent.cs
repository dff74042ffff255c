using System.Text;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Forms;

/// <summary>Requests with forms in them.</summary>
internal static class Sent
{
    public const string UrlEncoded = "application/x-www-form-urlencoded";

    /// <summary>A body, each character of which is a byte.</summary>
    public static byte[] Bytes(string body) => Encoding.Latin1.GetBytes(body);

    public static Request Form(string body, string type = UrlEncoded, string method = "POST") => new RequestBuilder(method, "/?a=query&q=query").Body(Bytes(body), type).Build();

    /// <summary>A multipart body whose lines are written with LF, and its boundary as <c>--b</c>.</summary>
    public static Request Multipart(string body, string type = "multipart/form-data; boundary=b") => Form(Lines(body), type);

    public static string Lines(string body) => body.ReplaceLineEndings("\r\n");

    /// <summary>One part.</summary>
    public static string Part(string disposition, string content) => $"--b\r\nContent-Disposition: {disposition}\r\n\r\n{content}\r\n";

    /// <summary>What is refused, and why.</summary>
    public static async Task RefusedAsync(int status, string reason, Request request, FormOptions? options = null)
    {
        var error = await Assert.ThrowsAsync<HttpErrorException>(() => request.ReadFormAsync(options));
        Assert.Equal(status, error.StatusCode);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
