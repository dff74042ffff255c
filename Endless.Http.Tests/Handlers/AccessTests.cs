using System.Net;
using Endless.Http.Generations;
using Endless.Http.Tests.Messages;
using Endless.Http.Tests.Protocols;
using Endless.Http.Tests.Restart;
using Endless.Http.Tests.Server;

namespace Endless.Http.Tests.Handlers;

public sealed class AccessTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData("fe80::1", false)]
    public void Only_loopback_is_this_machine(string address, bool isLocal) =>
        Assert.Equal(isLocal, Access.Local(FakeExchange.Request(connection: new MemoryConnection { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1) })));

    [Theory]
    [InlineData("status")]
    [InlineData("metrics")]
    public async Task Without_a_policy_nobody_sees_a_handler_not_even_on_this_machine(string name)
    {
        var generation = new Generation(new FakeHost(), TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(generation, name, allow: null));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(generation, name, Access.Local));
    }

    [Theory]
    [InlineData("Forwarded", "for=192.0.2.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("X-Forwarded-For", "192.0.2.1")]
    [InlineData("X-Forwarded-Host", "example.com")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-Real-IP", "192.0.2.1")]
    [InlineData("Host", "example.com")]
    public async Task Who_comes_through_a_proxy_or_by_a_name_is_not_local(string field, string value)
    {
        var generation = new Generation(new FakeHost(), TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(generation, "metrics", Access.Local, (field, value)));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(generation, "metrics", Access.Anyone, (field, value)));
    }

    [Theory]
    [InlineData("Bearer s3cret", HttpStatusCode.OK)]
    [InlineData("bearer  s3cret ", HttpStatusCode.OK)]
    [InlineData("Bearer s3cre", HttpStatusCode.Forbidden)]
    [InlineData("Bearer s3cret0", HttpStatusCode.Forbidden)]
    [InlineData("Bearer", HttpStatusCode.Forbidden)]
    [InlineData("Basic s3cret", HttpStatusCode.Forbidden)]
    [InlineData("s3cret", HttpStatusCode.Forbidden)]
    public async Task A_token_is_shown_whole_and_as_a_bearer(string shown, HttpStatusCode status)
    {
        var generation = new Generation(new FakeHost(), TimeSpan.FromSeconds(1));
        Assert.Equal(status, await AskAsync(generation, "status", Access.Token("s3cret"), ("Authorization", shown)));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(generation, "status", Access.Token("s3cret")));
        Assert.Throws<ArgumentException>(() => Access.Token(""));
    }

    private static async Task<HttpStatusCode> AskAsync(Generation generation, string name, Func<Request, bool>? allow, params (string Name, string Value)[] fields)
    {
        IHandler handler;
        if (name == "status")
        {
            var status = new StatusHandler(generation);
            if (allow != null) status.Allow = allow;
            handler = status;
        }
        else
        {
            var metrics = new MetricsHandler(generation);
            if (allow != null) metrics.Allow = allow;
            handler = metrics;
        }
        using var fixture = await ServerFixture.StartAsync(handler);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{fixture.Server.LocalEndPoint}/");
        foreach (var (field, value) in fields) request.Headers.TryAddWithoutValidation(field, value);
        using var response = await client.SendAsync(request).WaitAsync(ServerFixture.Deadline);
        return response.StatusCode;
    }
}
