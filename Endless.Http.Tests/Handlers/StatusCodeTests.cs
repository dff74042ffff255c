using Endless.Http.Testing;
using Endless.Http.Tests.Http1;

namespace Endless.Http.Tests.Handlers;

public sealed class StatusCodeTests
{
    private static readonly Request Get = new("GET", "/");

    [Fact]
    public async Task It_is_sent_by_the_first_write_or_at_the_handlers_end()
    {
        Assert.Equal((404, "gone"), await AnswerAsync(w =>
        {
            w.StatusCode = 500;
            w.StatusCode = 404;
            Assert.False(w.HasStarted);
            w.Write("gone");
            Assert.True(w.HasStarted);
        }));
        Assert.Equal((201, ""), await AnswerAsync(w => w.StatusCode = 201));
        Assert.Equal((204, ""), await AnswerAsync(w => w.StatusCode = 204));
        Assert.Equal((202, ""), await AnswerAsync(w =>
        {
            w.StatusCode = 404;
            w.WriteHeader(202);
            Assert.Equal(202, w.StatusCode);
        }));
        Assert.Equal((203, "x"), await AnswerAsync(w =>
        {
            w.StatusCode = 203;
            w.BodyWriter.GetSpan()[0] = (byte)'x';
            w.BodyWriter.Advance(1);
        }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(103)]
    [InlineData(1000)]
    public async Task What_is_no_final_status_is_refused(int status) =>
        await AnswerAsync(w => Assert.Throws<ArgumentOutOfRangeException>(() => w.StatusCode = status));

    [Fact]
    public async Task Over_HTTP_1_it_may_be_101()
    {
        await using var server = new Http1Fixture((w, _) =>
        {
            w.Header["Upgrade"] = "x";
            w.Header["Connection"] = "upgrade";
            w.StatusCode = 101;
        });
        Assert.Equal(101, (await server.RoundTripAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
        Assert.Equal(Connections.ConnectionOutcome.Close, await server.OutcomeAsync());
    }

    [Fact]
    public async Task Over_HTTP_2_it_may_not()
    {
        Exception? refused = null;
        await using var server = TestServer.InMemory((w, _) => refused = Record.Exception(() => w.StatusCode = 101));
        using var client = server.CreateClient(System.Net.HttpVersion.Version20);
        await client.GetAsync("/");
        Assert.IsType<InvalidOperationException>(refused);
    }

    [Fact]
    public async Task Zero_until_somebody_has_chosen() => await AnswerAsync(w =>
    {
        Assert.Equal(0, w.StatusCode);
        w.StatusCode = 404;
        Assert.Equal(404, w.StatusCode);
    });

    [Fact]
    public async Task A_handler_that_fails_after_it_is_answered_with_500()
    {
        await using var server = TestServer.InMemory((w, _) =>
        {
            w.StatusCode = 404;
            throw new InvalidOperationException("on purpose");
        }, new Diagnostics.LogRecorder());
        Assert.Equal(500, (int)(await server.Client.GetAsync("/")).StatusCode);
    }

    private static async Task<(int, string)> AnswerAsync(Action<ResponseWriter> handler)
    {
        var w = await ResponseRecorder.RecordAsync((w, _) => handler(w), new Request(Get.Method, Get.Target));
        return (w.StatusCode, w.Text);
    }
}
