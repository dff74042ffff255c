using System.Text;

namespace Endless.Http.Tests.Programs;

/// <summary>What the server answers in a handler's place has what middleware had put into the header, and the writer knows what was sent.</summary>
public sealed class OwnAnswerTests
{
    [Theory]
    [InlineData("Length", 500)]
    [InlineData("Length", 413)]
    [InlineData("Chunked", 413)]
    [InlineData("H2c", 500)]
    [InlineData("H2c", 413)]
    public async Task The_servers_own_answer_keeps_the_fields_of_middleware(string protocol, int status)
    {
        ResponseWriter? writer = null;
        await using var server = await ProgramFixture.StartAsync(protocol, async (w, r) =>
        {
            writer = w;
            w.Header.Set("X-Frame-Options", "DENY");
            w.Header.Add("Set-Cookie", "a=1");
            w.Header.Add("Set-Cookie", "b=2");
            // What says something of the handler's own body is not to stand on another.
            w.Header.Set("Content-Length", "12345");
            w.Header.Set("Content-Encoding", "gzip");
            w.Header.Set("ETag", "\"1\"");
            r.MaxBodyBytes = 10;
            if (status == 500) throw new InvalidDataException("thrown on purpose");
            await r.ReadBodyAsync();
        });
        var client = await server.ConnectAsync();
        var answer = await client.AskAsync(server.Visit(1_000));
        Assert.Equal((AnswerEnd.Whole, status), (answer.End, answer.Status));
        Assert.StartsWith($"{status} ", Encoding.ASCII.GetString(answer.Body), StringComparison.Ordinal);
        Assert.Equal(["DENY"], answer.Values("X-Frame-Options"));
        Assert.Equal(["a=1", "b=2"], answer.Values("Set-Cookie"));
        Assert.Empty(answer.Values("Content-Encoding"));
        Assert.Empty(answer.Values("ETag"));
        Assert.Equal(["text/plain; charset=utf-8"], answer.Values("Content-Type"));
        Assert.Equal(status, writer!.StatusCode);
    }

    [Theory]
    [InlineData("Length", "nothing", 200)]
    [InlineData("Length", "no bytes", 200)]
    [InlineData("Length", "bytes", 200)]
    [InlineData("Length", "a status", 204)]
    [InlineData("Tls", "no bytes", 200)]
    [InlineData("H2c", "nothing", 200)]
    [InlineData("H2c", "no bytes", 200)]
    [InlineData("H2c", "a status", 204)]
    public async Task StatusCode_after_the_end_is_what_was_sent(string protocol, string what, int status)
    {
        ResponseWriter? writer = null;
        await using var server = await ProgramFixture.StartAsync(protocol, async (w, r) =>
        {
            writer = w;
            if (what == "no bytes") await w.WriteAsync(Array.Empty<byte>());
            else if (what == "bytes") await w.WriteAsync("bytes");
            else if (what == "a status") w.WriteHeader(204);
        });
        var client = await server.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(status, (await client.AskAsync(server.Visit(i * 1_000))).Status);
            Assert.Equal(status, writer!.StatusCode);
        }
    }

    [Theory]
    [InlineData("Length")]
    [InlineData("H2c")]
    public async Task A_failed_handler_is_logged_with_method_path_and_route(string protocol)
    {
        await using var server = await ProgramFixture.StartAsync(protocol, (w, r) => throw new InvalidDataException("thrown on purpose"));
        var client = await server.ConnectAsync();
        var visit = server.Visit();
        Assert.Equal(500, (await client.AskAsync(visit)).Status);
        await server.AssertLoggedAsync(visit);
    }
}
