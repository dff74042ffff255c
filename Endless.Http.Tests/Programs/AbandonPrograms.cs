namespace Endless.Http.Tests.Programs;

/// <summary>Handlers that leave something open or undone, and handlers that close what they were given.</summary>
internal static class AbandonPrograms
{
    public static IEnumerable<StormProgram> All =>
    [
        new("return-reading", ReturnReadingAsync) { Weight = 20, MayBreak = true },
        new("return-copying", ReturnCopyingAsync) { Weight = 20, MayBreak = true },
        new("dispose-stream", DisposeStreamAsync) { MaxBody = 60_000 },
        new("complete-pipes", CompletePipesAsync) { MaxBody = 60_000 },
        new("nothing", (w, r, v) => Task.CompletedTask) { MaxBody = 60_000, MaxAnswer = 0 },
    ];

    /// <summary>A read is pending when the handler is done: it never gets the bytes of the next request.</summary>
    private static async Task ReturnReadingAsync(ResponseWriter w, Request r, Visit visit)
    {
        var buffer = new byte[1 + visit.Next(100_000)];
        var reading = r.BodyStream.ReadAsync(buffer).AsTask();
        _ = visit.Later(async () =>
        {
            await visit.Answered;
            try
            {
                var count = await reading;
                if (Tagged.Difference(visit.Sent, buffer.AsSpan(0, count), isPrefix: true) is { } wrong) visit.Fault($"the read that was pending at the end gave {wrong}");
            }
            catch (InvalidOperationException exception)
            {
                visit.Refuse(exception, "a read that was pending at the end");
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // Canceled by the end of its request, or by that of its connection.
            }
        });
        if (visit.Next(2) == 0) await w.WriteAsync(visit.Answer);
        else w.Write(visit.Answer);
    }

    /// <summary>A copy of the body goes on when the handler is done: it ends with an exception if there was more.</summary>
    private static async Task ReturnCopyingAsync(ResponseWriter w, Request r, Visit visit)
    {
        var copy = new MemoryStream();
        var copying = r.BodyStream.CopyToAsync(copy, 1 + visit.Next(20_000));
        _ = visit.Later(async () =>
        {
            await visit.Answered;
            try
            {
                await copying;
                if (visit.ClientLeft) return;
                if (Tagged.Difference(visit.Sent, copy.ToArray()) is { } wrong) visit.Fault($"the copy that went on ended normally with {wrong}");
            }
            catch (Exception exception) when (exception is InvalidOperationException or OperationCanceledException or IOException)
            {
                if (Tagged.Difference(visit.Sent, copy.ToArray(), isPrefix: true) is { } wrong) visit.Fault($"the copy that went on has {wrong}");
                if (exception is InvalidOperationException) visit.Refuse(exception, "a copy that went on");
            }
        });
        await w.WriteAsync(visit.Answer);
    }

    private static async Task DisposeStreamAsync(ResponseWriter w, Request r, Visit visit)
    {
        var buffer = new byte[1 + visit.Next(10_000)];
        await using (var stream = r.BodyStream)
        {
            var count = await stream.ReadAsync(buffer);
            if (Tagged.Difference(visit.Sent, buffer.AsSpan(0, count), isPrefix: true) is { } wrong) visit.Fault(wrong);
        }
        await w.WriteAsync(visit.Answer);
    }

    private static async Task CompletePipesAsync(ResponseWriter w, Request r, Visit visit)
    {
        var result = await r.Body.ReadAsync();
        r.Body.AdvanceTo(result.Buffer.End);
        await r.Body.CompleteAsync();
        await w.BodyWriter.WriteAsync(visit.Answer);
        await w.BodyWriter.CompleteAsync();
    }
}
