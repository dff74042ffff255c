namespace Endless.Http.Tests.Http1;

public sealed class ExecutionContextTests
{
    private static readonly AsyncLocal<string?> Local = new();

    [Fact]
    public async Task What_a_handler_leaves_in_AsyncLocal_is_gone_in_the_next_request()
    {
        await using var server = new Http1Fixture(Handler.From((HandlerFunc)((w, r) =>
        {
            w.Write(Local.Value ?? "none");
            Local.Value = r.Path;
        })));
        await server.SendAsync("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("none", (await server.Client.ReadAsync()).Text);
        Assert.Equal("none", (await server.Client.ReadAsync()).Text);
        Assert.Equal("none", (await server.RoundTripAsync("GET /3 HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
    }
}
