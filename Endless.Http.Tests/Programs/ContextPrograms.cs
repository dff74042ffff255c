namespace Endless.Http.Tests.Programs;

/// <summary>Handlers for which it matters on which thread and in which context they run.</summary>
internal static class ContextPrograms
{
    public static IEnumerable<StormProgram> All =>
    [
        new("async-local", AsyncLocalAsync) { Weight = 20, ReadsAll = true },
        new("async-local-sync", AsyncLocalSync) { MaxBody = 0 },
        new("captured-context", CapturedContextAsync) { MaxBody = 1_000 },
        new("block", Block) { Weight = 5, MaxBody = 60_000, MaxAnswer = 20_000 },
        new("block-async", BlockOnAsync) { Weight = 5, MaxAnswer = 20_000 },
        new("cancellation", CancellationAsync) { MaxBody = 1_000 },
    ];

    /// <summary>What it sets is still there behind every wait, and is left there.</summary>
    private static async Task AsyncLocalAsync(ResponseWriter w, Request r, Visit visit)
    {
        StormMiddleware.Local.Value = r.Path;
        await r.ReadBodyAsync();
        Look(visit, "after reading");
        await Task.Yield();
        Look(visit, "after a yield");
        await w.WriteAsync(visit.Answer);
        Look(visit, "after writing");
        await w.FlushAsync();
        Look(visit, "after a flush");
    }

    private static Task AsyncLocalSync(ResponseWriter w, Request r, Visit visit)
    {
        StormMiddleware.Local.Value = r.Path;
        w.Write(visit.Answer);
        w.Flush();
        Look(visit, "after a synchronous flush");
        return Task.CompletedTask;
    }

    /// <summary>A context that outlives its request holds what it held.</summary>
    private static async Task CapturedContextAsync(ResponseWriter w, Request r, Visit visit)
    {
        StormMiddleware.Local.Value = r.Path;
        var context = ExecutionContext.Capture()!;
        _ = visit.Later(async () =>
        {
            await visit.Answered;
            await visit.PauseAsync();
            ExecutionContext.Run(context, _ => Look(visit, "in its captured context"), null);
        });
        await w.WriteAsync(visit.Answer);
    }

    /// <summary>Blocks its thread on tasks, as code does that was synchronous once.</summary>
    private static Task Block(ResponseWriter w, Request r, Visit visit)
    {
        visit.PauseAsync().Wait();
        w.Write(visit.Answer);
        Task.Run(visit.PauseAsync).Wait();
        return Task.CompletedTask;
    }

    private static Task BlockOnAsync(ResponseWriter w, Request r, Visit visit)
    {
        Task.Run(async () =>
        {
            await r.ReadBodyAsync();
            await w.WriteAsync(visit.Answer);
            await w.FlushAsync();
        }).Wait();
        return Task.CompletedTask;
    }

    /// <summary>Fires when the handler is done, for whoever still holds it, and not before.</summary>
    private static async Task CancellationAsync(ResponseWriter w, Request r, Visit visit)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var token = r.Cancellation;
        token.Register(fired.SetResult);
        _ = visit.Later(async () =>
        {
            await visit.Answered;
            await fired.Task;
            visit.Own("Cancellation", "True", () => r.Cancellation.IsCancellationRequested.ToString());
        });
        await w.WriteAsync(visit.Answer);
        await Task.Yield();
        if (token.IsCancellationRequested && !visit.ClientLeft) visit.Fault("canceled while its client waits");
    }

    private static void Look(Visit visit, string when)
    {
        if (StormMiddleware.Local.Value != visit.Path) visit.Fault($"AsyncLocal is \"{StormMiddleware.Local.Value}\" {when}");
    }
}
