using System.Buffers;

namespace Endless.Http.Tests.Programs;

/// <summary>Consumers of <see cref="Request.Body"/>, a pipe.</summary>
internal static class PipePrograms
{
    public static IEnumerable<StormProgram> All =>
    [
        new("read-body", ReadBodyAsync) { Weight = 20, ReadsAll = true, Check = StormProgram.Echo },
        new("pipe-stream", PipeStreamAsync) { ReadsAll = true, Check = StormProgram.Echo },
        new("at-least", AtLeastAsync) { ReadsAll = true, Check = StormProgram.Echo },
        new("examine", ExamineAsync) { ReadsAll = true, MaxBody = 100_000, Check = StormProgram.Echo },
        new("nibble", NibbleAsync) { ReadsAll = true, Check = StormProgram.Echo },
        new("try-read", TryReadAsync) { ReadsAll = true, Check = StormProgram.Echo },
        // HttpClient over HTTP/2 takes no answer before it has sent its whole body: more than the two windows hold would have both wait for each other.
        new("pipe-to-pipe", PipeToPipeAsync) { Weight = 20, ReadsAll = true, MaxBody = 65_000, Check = StormProgram.Echo },
        new("cancel-read", CancelReadAsync) { ReadsAll = true, Check = StormProgram.Echo },
        new("trailers", TrailersAsync) { ReadsAll = true, Check = StormProgram.Echo },
    ];

    private static async Task ReadBodyAsync(ResponseWriter w, Request r, Visit visit) => await Replies.SendAsync(w, visit, await r.ReadBodyAsync());

    private static async Task PipeStreamAsync(ResponseWriter w, Request r, Visit visit)
    {
        var copy = new MemoryStream();
        await r.Body.AsStream(leaveOpen: visit.Next(2) == 0).CopyToAsync(copy);
        await Replies.SendAsync(w, visit, copy.ToArray());
    }

    private static async Task AtLeastAsync(ResponseWriter w, Request r, Visit visit)
    {
        var body = new MemoryStream();
        while (true)
        {
            var result = await r.Body.ReadAtLeastAsync(1 + visit.Next(20_000));
            Append(body, result.Buffer);
            r.Body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
        }
        await Replies.SendAsync(w, visit, body.ToArray());
    }

    /// <summary>Looks at everything and consumes nothing until all is there.</summary>
    private static async Task ExamineAsync(ResponseWriter w, Request r, Visit visit)
    {
        while (true)
        {
            var result = await r.Body.ReadAsync();
            if (result.IsCompleted)
            {
                var body = result.Buffer.ToArray();
                r.Body.AdvanceTo(result.Buffer.End);
                await Replies.SendAsync(w, visit, body);
                return;
            }
            r.Body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Consumes some of what is there, and now and then has examined more than that.</summary>
    private static async Task NibbleAsync(ResponseWriter w, Request r, Visit visit)
    {
        var body = new MemoryStream();
        while (true)
        {
            var result = await r.Body.ReadAsync();
            var part = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, 1 + visit.Next(3_000)));
            Append(body, part);
            var isAll = part.Length == result.Buffer.Length;
            // What was not examined is there at once with the next read.
            r.Body.AdvanceTo(part.End, !isAll && !result.IsCompleted && visit.Next(4) == 0 ? result.Buffer.End : part.End);
            if (isAll && result.IsCompleted) break;
        }
        await Replies.SendAsync(w, visit, body.ToArray());
    }

    private static async Task TryReadAsync(ResponseWriter w, Request r, Visit visit)
    {
        var body = new MemoryStream();
        while (true)
        {
            if (!r.Body.TryRead(out var result)) result = await r.Body.ReadAsync();
            Append(body, result.Buffer);
            r.Body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
        }
        await Replies.SendAsync(w, visit, body.ToArray());
    }

    /// <summary>Answers while it reads, without a copy between.</summary>
    private static async Task PipeToPipeAsync(ResponseWriter w, Request r, Visit visit)
    {
        if (visit.Next(2) == 0)
        {
            await r.Body.CopyToAsync(w.BodyWriter);
            return;
        }
        await using var answer = w.BodyWriter.AsStream();
        await r.BodyStream.CopyToAsync(answer);
    }

    /// <summary>Has its own reads canceled from another task now and then.</summary>
    private static async Task CancelReadAsync(ResponseWriter w, Request r, Visit visit)
    {
        var body = new MemoryStream();
        var cancels = new List<Task>();
        while (true)
        {
            var reading = r.Body.ReadAsync();
            if (!reading.IsCompleted && cancels.Count < 3) cancels.Add(Task.Run(r.Body.CancelPendingRead));
            var result = await reading;
            Append(body, result.Buffer);
            r.Body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
        }
        await Task.WhenAll(cancels);
        await Replies.SendAsync(w, visit, body.ToArray());
    }

    /// <summary>Has its say behind the body.</summary>
    private static async Task TrailersAsync(ResponseWriter w, Request r, Visit visit)
    {
        w.Header.Set("Trailer", "X-Trailer");
        var body = await r.ReadBodyAsync();
        if (r.Trailers["X-Sent"] is var sent && sent is not null && sent != $"{visit.Id}") throw new InvalidDataException($"The trailer is another's: {sent}.");
        await Replies.SendAsync(w, visit, body);
        w.Trailers.Set("X-Trailer", $"{visit.Id}");
    }

    private static void Append(MemoryStream body, ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes) body.Write(segment.Span);
    }
}
