using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Http1;

/// <summary>Request.Cancellation.</summary>
public sealed class CancellationTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public async Task It_fires_when_the_client_goes_away()
    {
        var fired = new TaskCompletionSource();
        await using var server = new Http1Fixture(async (w, r) =>
        {
            r.Cancellation.Register(fired.SetResult);
            await fired.Task;
        });
        await server.SendAsync(Get);
        Assert.False(fired.Task.IsCompleted);
        server.Connection.CloseByClient();
        await fired.Task.WaitAsync(ResponseReader.Deadline);
    }

    [Fact]
    public async Task It_fires_at_once_if_the_client_is_gone()
    {
        bool? fired = null;
        var goOn = new TaskCompletionSource();
        await using var server = new Http1Fixture(async (w, r) =>
        {
            await goOn.Task;
            fired = r.Cancellation.IsCancellationRequested;
        });
        await server.SendAsync(Get);
        server.Connection.CloseByClient();
        goOn.SetResult();
        await server.OutcomeAsync();
        Assert.True(fired);
    }

    [Fact]
    public async Task It_fires_when_the_handler_is_done_and_not_for_pipelined_bytes()
    {
        var tokens = new List<CancellationToken>();
        var goOn = new TaskCompletionSource();
        await using var server = new Http1Fixture(async (w, r) =>
        {
            tokens.Add(r.Cancellation);
            await goOn.Task;
            Assert.False(tokens[^1].IsCancellationRequested);
        });
        await server.SendAsync(Get);
        await server.SendAsync(Get);
        Assert.False(tokens[0].IsCancellationRequested);
        goOn.SetResult();
        Assert.Equal(200, (await server.Client.ReadAsync()).Status);
        Assert.Equal(200, (await server.Client.ReadAsync()).Status);
        Assert.Equal(2, tokens.Count);
        Assert.All(tokens, t => Assert.True(t.IsCancellationRequested));
    }

    [Fact]
    public async Task A_callback_that_throws_is_logged_and_harms_nobody()
    {
        await using var server = new Http1Fixture((w, r) => r.Cancellation.Register(() => throw new InvalidOperationException("on purpose")));
        Assert.Equal(200, (await server.RoundTripAsync(Get)).Status);
        Assert.Equal(200, (await server.RoundTripAsync(Get)).Status);
        Assert.Equal(2, server.Logger.Entries.Count(e => e.Level == LogLevel.Error));
    }
}
