using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Http1;

/// <summary>Which fields go out: the handler's as they were when the status was chosen, and what the server adds.</summary>
public sealed class ResponseHeaderTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static async Task<Response> AnswerAsync(HandlerFunc handler)
    {
        await using var server = new Http1Fixture(handler);
        var response = await server.RoundTripAsync(Get);
        server.AssertQuietLog();
        return response;
    }

    [Fact]
    public async Task The_header_is_fixed_by_the_status_and_a_second_status_is_ignored()
    {
        await using var server = new Http1Fixture((w, r) =>
        {
            w.Header["X"] = "1";
            w.WriteHeader(404);
            w.Header["X"] = "2";
            w.Header["Y"] = "2";
            w.Header.Remove("X");
            w.WriteHeader(200);
            w.Write("body");
            Assert.Equal(404, w.StatusCode);
        });
        var response = await server.RoundTripAsync(Get);
        Assert.Equal(404, response.Status);
        Assert.Equal("1", response["X"]);
        Assert.False(response.Has("Y"));
        Assert.Single(server.Logger.Entries, e => e.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task Suppress_keeps_the_server_from_adding_a_field()
    {
        var response = await AnswerAsync((w, r) =>
        {
            w.Header.Suppress("Content-Type");
            w.Header.Suppress("Date");
            w.Write("body");
        });
        Assert.False(response.Has("Content-Type"));
        Assert.False(response.Has("Date"));
        Assert.Equal("body", response.Text);
    }

    [Fact]
    public async Task A_handlers_own_Date_and_Content_Type_stand()
    {
        var response = await AnswerAsync((w, r) =>
        {
            w.Header["Date"] = "Sun, 06 Nov 1994 08:49:37 GMT";
            w.Header["content-type"] = "x/y";
            w.Write("<html>");
        });
        Assert.Equal("Sun, 06 Nov 1994 08:49:37 GMT", response["Date"]);
        Assert.Equal("x/y", response["Content-Type"]);
    }

    [Fact]
    public async Task Encoded_content_is_not_sniffed()
    {
        var response = await AnswerAsync((w, r) =>
        {
            w.Header["Content-Encoding"] = "gzip";
            w.Write("x");
        });
        Assert.False(response.Has("Content-Type"));
    }

    [Theory]
    [InlineData("X\r\nY", "a")]
    [InlineData("X", "a\r\nY: b")]
    [InlineData("X", "a\nb")]
    [InlineData("X", "a\0")]
    [InlineData("X", "\u20ac")]
    [InlineData("X", "\u007f")]
    [InlineData("", "a")]
    [InlineData("X Y", "a")]
    [InlineData("X:", "a")]
    [InlineData("\u00e9", "a")]
    public async Task A_handler_cannot_split_a_response(string name, string value)
    {
        var errors = 0;
        await AnswerAsync((w, r) =>
        {
            if (Record.Exception(() => w.Header.Set(name, value)) is ArgumentException) errors++;
            if (Record.Exception(() => w.Header.Add(name, value)) is ArgumentException) errors++;
            if (Record.Exception(() => w.Header[name] = value) is ArgumentException) errors++;
            if (Record.Exception(() => w.Trailers.Add(name, value)) is ArgumentException) errors++;
        });
        Assert.Equal(4, errors);
    }

    [Fact]
    public async Task Values_are_ISO_8859_1()
    {
        await using var server = new Http1Fixture((w, r) => w.Header["X"] = " \u00e9\u00ff\t");
        Assert.Equal("\u00e9\u00ff", (await server.RoundTripAsync(Get))["X"]);
    }
}
