using System.Buffers;

namespace Endless.Http.Tests.Programs;

/// <summary>Handlers that keep what is not theirs to keep, as in a static.</summary>
internal sealed class KeepPrograms
{
    private Kept? _kept;

    public IEnumerable<StormProgram> All =>
    [
        new("keep-static", UseKeptAsync) { Weight = 30, MaxBody = 2_000 },
        new("keep-values", KeepValuesAsync) { MaxBody = 2_000 },
        new("keep-result", KeepResultAsync) { Weight = 20, MayBreak = true, MaxBody = 60_000 },
        new("keep-memory", (w, r, v) => KeepMemoryAsync(w, v, isAdvanced: false)) { MaxBody = 2_000 },
        new("keep-advanced", (w, r, v) => KeepMemoryAsync(w, v, isAdvanced: true)) { MaxBody = 2_000 },
    ];

    /// <summary>Lets go of the last one.</summary>
    public void Release() => Interlocked.Exchange(ref _kept, null)?.Done.SetResult();

    /// <summary>Writes to the response of the request before, and looks up things in that request.</summary>
    private async Task UseKeptAsync(ResponseWriter w, Request r, Visit visit)
    {
        var mine = new Kept(w, r, r.Header, visit, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _ = visit.Later(() => mine.Done.Task);
        if (Interlocked.Exchange(ref _kept, mine) is { } kept)
        {
            var before = kept.Visit;
            if (before.Answered.IsCompleted)
            {
                before.Own("Path", before.Path, () => kept.Request.Path);
                before.Own("Target", before.Target, () => kept.Request.Target);
                before.Own("Header[Cookie]", $"id={before.Id}", () => kept.Header["Cookie"]);
                before.Own("PathValue", $"{before.Id}", () => kept.Request.PathValue("id"));
                await before.RefusedAsync("WriteAsync from the next request", () => kept.Writer.WriteAsync(Tagged.Make(before.Id, Tagged.Late, 100)));
                await before.RefusedAsync("Header.Set from the next request", () => kept.Writer.Header.Set("X-Id", $"{before.Id}"));
                await before.RefusedAsync("Flush from the next request", kept.Writer.Flush);
            }
            kept.Done.SetResult();
        }
        await w.WriteAsync(visit.Answer);
    }

    /// <summary>Strings and lists that the header gave are the handler's own.</summary>
    private static async Task KeepValuesAsync(ResponseWriter w, Request r, Visit visit)
    {
        var pairs = r.Header.ToList();
        var values = r.Header.Values("X-Id");
        _ = visit.Later(async () =>
        {
            await visit.Answered;
            for (var i = 0; i < 5; i++)
            {
                await visit.PauseAsync();
                visit.Own("a kept pair", $"id={visit.Id}", () => pairs.Single(pair => pair.Key.Equals("Cookie", StringComparison.OrdinalIgnoreCase)).Value);
                visit.Own("kept values", $"{visit.Id}", () => string.Join('+', values));
            }
        });
        await w.WriteAsync(visit.Answer);
    }

    /// <summary>Never says that it is done with what it read, and looks at it when the request is over.</summary>
    private static async Task KeepResultAsync(ResponseWriter w, Request r, Visit visit)
    {
        var result = await r.Body.ReadAsync();
        _ = visit.Later(async () =>
        {
            await visit.Answered;
            for (var i = 0; i < 5; i++)
            {
                await visit.PauseAsync();
                byte[] found;
                try
                {
                    found = result.Buffer.ToArray();
                }
                catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
                {
                    return; // It is no more: that is an answer too.
                }
                if (Tagged.Difference(visit.Sent, found, isPrefix: true) is { } wrong) visit.Fault($"a kept ReadResult: {wrong}");
            }
        });
        await w.WriteAsync(visit.Answer);
    }

    /// <summary>Writes to the memory that it was given for its answer when the answer is long sent; to what it has not said to be filled, or to what it has.</summary>
    private static async Task KeepMemoryAsync(ResponseWriter w, Visit visit, bool isAdvanced)
    {
        var memory = w.BodyWriter.GetMemory(visit.Answer.Length + 1);
        visit.Answer.CopyTo(memory);
        w.BodyWriter.Advance(visit.Answer.Length);
        if (visit.Next(2) == 0) await w.BodyWriter.FlushAsync();
        if (!isAdvanced) memory = w.BodyWriter.GetMemory(visit.Next(5_000));
        _ = visit.Later(async () =>
        {
            await visit.Answered;
            for (var i = 0; i < 5; i++)
            {
                await visit.PauseAsync();
                Tagged.Make(visit.Id, Tagged.Late, Math.Min(memory.Length, 5_000)).CopyTo(memory);
            }
        });
    }

    private sealed record Kept(ResponseWriter Writer, Request Request, Header Header, Visit Visit, TaskCompletionSource Done);
}
