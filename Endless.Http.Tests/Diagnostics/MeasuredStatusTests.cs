using Endless.Http.Load;
using Endless.Http.Metrics;
using Endless.Http.Pipeline;
using Endless.Http.Testing;

namespace Endless.Http.Tests.Diagnostics;

/// <summary>The metrics know the status that the client sees, and the route of whoever answered, whatever middleware did.</summary>
public sealed class MeasuredStatusTests
{
    [Theory]
    [InlineData("/starting", 404, "")]
    [InlineData("/starting/async", 404, "")]
    [InlineData("/set", 202, "")]
    [InlineData("/set/throw", 500, "")]
    [InlineData("/abort", 500, "")]
    [InlineData("/fail", 500, "")]
    [InlineData("/mux/item", 200, "GET /item")]
    [InlineData("/nothing", 200, "")]
    public async Task A_request_is_counted_as_it_is_answered(string path, int status, string pattern)
    {
        var mux = new ServeMux();
        mux.HandleFunc("GET /item", (w, _) => w.Write("item"));
        var metrics = new RequestMetrics();
        metrics.TurnOn();
        await using (var server = TestServer.InMemory(new MeteredHandler(Handler.From(async (w, r) =>
        {
            if (r.Path.StartsWith("/starting", StringComparison.Ordinal)) w.OnStarting(() => w.StatusCode = 404);
            if (r.Path.EndsWith("/async", StringComparison.Ordinal)) await Task.Yield();
            if (r.Path.StartsWith("/set", StringComparison.Ordinal)) w.StatusCode = 202;
            if (r.Path == "/abort") w.Abort();
            if (r.Path == "/fail") w.OnStarting(new Action(() => throw new InvalidOperationException("starting")));
            if (r.Path.EndsWith("/throw", StringComparison.Ordinal)) throw new InvalidOperationException("on purpose");
            if (r.Path.StartsWith("/mux", StringComparison.Ordinal)) await mux.ServeHttpAsync(w, new Request(r) { RawPath = r.RawPath[4..] });
        }), metrics, "http"), new LogRecorder()))
        {
            if (path == "/abort") await Assert.ThrowsAsync<HttpRequestException>(() => server.Client.GetAsync(path));
            else Assert.Equal(status, (int)(await server.Client.GetAsync(path)).StatusCode);
        }
        var labels = Assert.Single(metrics.Series).Key;
        Assert.Equal((status, pattern), (labels.Status, labels.Pattern));
    }

    [Fact]
    public async Task OnCompleted_is_called_after_a_hijack_too()
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = TestServer.InMemory((w, r) =>
        {
            w.OnCompleted(over.SetResult);
            w.OnStarting(() => Assert.Fail("There is no response."));
            using var connection = w.Hijack();
        }, new LogRecorder());
        await Assert.ThrowsAsync<HttpRequestException>(() => server.Client.GetAsync("/"));
        await over.Task.WaitAsync(Deadline.Default);
    }
}
