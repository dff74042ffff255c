using Endless.Http.Testing;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Handlers.Tests.Middlewares;

public sealed class RequestIdTests
{
    [Fact]
    public async Task Each_request_has_one_of_its_own()
    {
        var handler = Middleware.RequestId()(Handler.From((w, r) => w.Write(r.RequestId() + " " + r.Header["X-Request-Id"])));
        var ids = new HashSet<string>();
        for (var i = 0; i < 100; i++)
        {
            var w = await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Header("X-Request-Id", "mine").Build());
            var id = w.SentHeader["X-Request-Id"]!;
            Assert.Matches("^[0-9a-f]{16}-[0-9a-f]{8}$", id);
            Assert.Equal($"{id} {id}", w.Text);
            Assert.True(ids.Add(id));
        }
    }

    [Theory]
    [InlineData("a-1._~:/+=@Z", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a\"b", false)]
    [InlineData("a\u00e9", false)]
    public async Task One_of_a_trusted_client_is_taken_over_if_it_is_clean(string sent, bool isTaken)
    {
        var handler = Middleware.RequestId(new RequestIdOptions { Trust = r => true })(Handler.From((w, r) => { }));
        var w = await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Header("X-Request-Id", sent).Build());
        Assert.Equal(isTaken, w.SentHeader["X-Request-Id"] == sent);
        w = await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Header("X-Request-Id", new string('a', 129)).Build());
        Assert.Equal(25, w.SentHeader["X-Request-Id"]!.Length);
    }

    [Fact]
    public async Task It_is_in_the_scope_of_the_log_and_in_the_servers_own_500()
    {
        var logger = new CollectingLogger();
        await using var server = TestServer.InMemory(
            Middleware.Chain(Middleware.RequestId(), Middleware.Recover())(Handler.From(async (w, r) =>
            {
                await Task.Yield();
                throw new InvalidOperationException("no");
            })),
            logger);
        using var response = await server.Client.GetAsync("/");
        var id = response.Headers.GetValues("X-Request-Id").Single();
        Assert.Equal($"RequestId:{id}", Assert.Single(logger.Events, one => one.Level == LogLevel.Error).Scope);
        Assert.Contains($"\"requestId\":\"{id}\"", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public void A_field_that_is_no_token_is_refused() => Assert.Throws<ArgumentException>(() => Middleware.RequestId(new RequestIdOptions { Header = "X Y" }));
}
