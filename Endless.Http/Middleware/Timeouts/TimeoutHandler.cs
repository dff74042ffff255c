namespace Endless.Http;

/// <summary>Has a handler called, and answers in its place when its time is over.</summary>
internal sealed class TimeoutHandler(IHandler next, TimeSpan time) : IHandler
{
    public async Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        var cancellation = CancellationTokenSource.CreateLinkedTokenSource(r.Cancellation);
        var writer = new TimeoutWriter(w);
        var end = new TimeoutEnd(w, writer, cancellation);
        Task serving;
        // Its thread is another one: this may be blocked in the handler.
        var timer = new Timer(static state => ((TimeoutEnd)state!).OnTime(), end, time, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            serving = Call(writer, new Request(r) { Cancellation = cancellation.Token });
            end.OnReturned();
            if (!serving.IsCompleted) await Task.WhenAny(serving, end.Reached).ConfigureAwait(false);
        }
        if (!writer.TryEndTime())
        {
            // Its failures are nobody's any more. The cancellation is not disposed of: the handler may still use it.
            _ = serving.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            if (await end.Reached.ConfigureAwait(false)) return;
            throw new ProblemException(new ProblemDetails(503, TimeoutEnd.Reason));
        }
        await serving.ConfigureAwait(false);
        await writer.FinishAsync().ConfigureAwait(false);
        cancellation.Dispose();
    }

    private Task Call(ResponseWriter w, Request r)
    {
        try
        {
            return next.ServeHttpAsync(w, r) ?? throw new InvalidOperationException("The handler returned null in place of a task.");
        }
        catch (Exception failure)
        {
            return Task.FromException(failure);
        }
    }
}
