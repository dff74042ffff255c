namespace Endless.Http.Tests.Programs;

/// <summary>Handlers that fail, give up, or promise another length than they keep.</summary>
internal static class FailPrograms
{
    public static IEnumerable<StormProgram> All =>
    [
        new("throw", (w, r, v) => throw new ProgramException(r)) { MayBreak = true, NeverWhole = true },
        new("throw-async", ThrowAsync) { MayBreak = true, NeverWhole = true },
        new("throw-writing", ThrowWritingAsync) { MayBreak = true, NeverWhole = true },
        new("throw-pending", ThrowPendingAsync) { MaxBody = 0, MayBreak = true, NeverWhole = true, MaxAnswer = 300_000 },
        new("throw-canceled", (w, r, v) => throw new OperationCanceledException($"{r.Path} gave up.")) { Weight = 5, MayBreak = true, NeverWhole = true },
        new("abort", AbortAsync) { Weight = 5, MayBreak = true, NeverWhole = true, IsSilent = true },
        new("canceled-write", CanceledWriteAsync) { MaxBody = 2_000 },
        new("cancel-writing", CancelWritingAsync) { MayBreak = true, MaxBody = 0, Check = HasAllOrNothing },
        new("too-short", TooShortAsync) { Weight = 5, MaxBody = 2_000, MayBreak = true, NeverWhole = true, Check = StormProgram.Exactly(v => [.. v.Answer, .. v.Answer]) },
        new("too-long", TooLongAsync) { Weight = 5, MaxBody = 2_000, MayClose = true },
    ];

    private static async Task ThrowAsync(ResponseWriter w, Request r, Visit visit)
    {
        if (visit.Next(2) == 0) await r.ReadBodyAsync();
        else await Task.Yield();
        // What is not sent yet is not to be seen.
        w.Write(visit.Answer.AsSpan(0, Math.Min(visit.Answer.Length, visit.Next(2_000))));
        throw new ProgramException(r);
    }

    private static async Task ThrowWritingAsync(ResponseWriter w, Request r, Visit visit)
    {
        await w.WriteAsync(visit.Answer);
        await w.FlushAsync();
        throw new ProgramException(r);
    }

    private static Task ThrowPendingAsync(ResponseWriter w, Request r, Visit visit)
    {
        _ = w.WriteAsync(visit.Answer);
        throw new ProgramException(r);
    }

    private static async Task AbortAsync(ResponseWriter w, Request r, Visit visit)
    {
        await w.WriteAsync(visit.Answer);
        throw new AbortHandlerException();
    }

    /// <summary>A write that is canceled before it began is no write.</summary>
    private static async Task CanceledWriteAsync(ResponseWriter w, Request r, Visit visit)
    {
        await w.WriteAsync(visit.Answer);
        try
        {
            await w.WriteAsync(Tagged.Make(visit.Id, Tagged.Late, 100), new CancellationToken(canceled: true));
            visit.Fault("a canceled write returned normally");
        }
        catch (OperationCanceledException)
        {
            // As it should.
        }
    }

    /// <summary>Cancels a write in its middle, and returns as if nothing were.</summary>
    private static async Task CancelWritingAsync(ResponseWriter w, Request r, Visit visit)
    {
        await w.WriteAsync(visit.Answer);
        using var cancel = new CancellationTokenSource();
        var writing = w.WriteAsync(Tagged.Make(visit.Id, Tagged.Tail, 400_000), cancel.Token);
        if (visit.Next(2) == 0) await Task.Yield();
        await cancel.CancelAsync();
        try
        {
            await writing;
            visit.TailWritten = true;
        }
        catch (OperationCanceledException)
        {
            // And the handler thinks that this is all right.
        }
    }

    private static string? HasAllOrNothing(Visit visit, byte[] body, bool isWhole)
    {
        byte[] both = [.. visit.Answer, .. Tagged.Make(visit.Id, Tagged.Tail, 400_000)];
        return Tagged.Difference(both, body, isPrefix: true) is { } wrong ? wrong
            : isWhole && body.Length != both.Length && body.Length != visit.Answer.Length ? $"whole with {body.Length - visit.Answer.Length:#,0} bytes of a canceled write of 400,000" : null;
    }

    private static async Task TooShortAsync(ResponseWriter w, Request r, Visit visit)
    {
        w.Header.Set("Content-Length", $"{visit.Answer.Length + 10}");
        await w.WriteAsync(visit.Answer);
    }

    private static async Task TooLongAsync(ResponseWriter w, Request r, Visit visit)
    {
        w.Header.Set("Content-Length", $"{visit.Answer.Length}");
        // All but the last byte, so that the client has not its answer before this has gone wrong.
        var most = Math.Max(visit.Answer.Length - 1, 0);
        await w.WriteAsync(visit.Answer.AsMemory(0, most));
        try
        {
            await w.WriteAsync(Tagged.Make(visit.Id, Tagged.Late, 100));
            visit.Fault("more than the declared length was taken");
        }
        catch (InvalidOperationException exception)
        {
            visit.Refuse(exception, "a write beyond the declared length");
        }
        await w.WriteAsync(visit.Answer.AsMemory(most));
    }

    private sealed class ProgramException(Request r) : Exception($"{r.Method} {r.Path} fails.");
}
