using System.Net;
using System.Net.Http.Headers;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>A client of HTTP/2 in the clear.</summary>
internal sealed class PriorKnowledgeClient : IDisposable
{
    private readonly HttpClient _client;
    private readonly IPEndPoint _endpoint;

    public PriorKnowledgeClient(IPEndPoint endpoint)
    {
        _endpoint = endpoint;
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None, UseProxy = false, Expect100ContinueTimeout = TimeSpan.FromSeconds(5) })
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromSeconds(10),
        };
    }

    /// <summary>A request; its target goes as it is.</summary>
    public HttpRequestMessage Request(string method, string target, params IEnumerable<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"http://{_endpoint}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (var (name, value) in headers)
        {
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase)) request.Headers.Host = value;
            else request.Headers.TryAddWithoutValidation(name, value);
        }
        return request;
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request, CancellationToken cancellation = default)
    {
        var answer = new Answer();
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            answer.Status = (int)response.StatusCode;
            answer.Framing = response.Content.Headers.ContentLength is null ? "stream" : "length";
            Copy(response.Headers, answer.Headers);
            Copy(response.Content.Headers, answer.Headers);
            await CopyAsync(response, answer);
            Copy(response.TrailingHeaders, answer.Trailers);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            answer.Fault = Describe(exception);
        }
        return answer;
    }

    public void Dispose() => _client.Dispose();

    private static async Task CopyAsync(HttpResponseMessage response, Answer answer)
    {
        var body = new MemoryStream();
        try
        {
            await response.Content.CopyToAsync(body);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            answer.Fault = Describe(exception);
        }
        answer.Body = body.ToArray();
    }

    private static void Copy(HttpHeaders from, List<(string, string)> into)
    {
        foreach (var (name, values) in from.NonValidated)
        {
            foreach (var value in values) into.Add((name, value));
        }
    }

    private static string Describe(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is HttpProtocolException protocol) return "reset " + protocol.ErrorCode;
        }
        return exception is OperationCanceledException ? "nothing in time" : exception is HttpRequestException { HttpRequestError: var error } ? error.ToString() : exception is HttpIOException { HttpRequestError: var ioError } ? ioError.ToString() : exception.GetType().Name;
    }
}
