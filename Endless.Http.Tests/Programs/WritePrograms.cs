using System.Text;

namespace Endless.Http.Tests.Programs;

/// <summary>Handlers that answer in one of the ways that there are, and do nothing wrong.</summary>
internal static class WritePrograms
{
    public static IEnumerable<StormProgram> All =>
    [
        new("write", async (w, r, v) => await Replies.SendAsync(w, v, v.Answer)) { Weight = 40, MaxBody = 0, MaxAnswer = 300_000 },
        new("write-unread", async (w, r, v) => await Replies.SendAsync(w, v, v.Answer)) { MaxBody = 60_000 }, // with a body that nobody reads, and not more than a client may send before it is read: HttpClient takes no answer before it has sent all
        new("stream-writer", StreamWriterAsync) { MaxBody = 0 },
        new("memory", MemoryAsync) { MaxBody = 0 },
        new("events", EventsAsync) { MaxBody = 0, MaxAnswer = 2_000 },
        new("large", async (w, r, v) => await w.WriteAsync(v.Answer.AsMemory(0, v.Answer.Length))) { Weight = 2, MaxBody = 0, MaxAnswer = 300_000 },
    ];

    private static async Task StreamWriterAsync(ResponseWriter w, Request r, Visit visit)
    {
        await using var writer = new StreamWriter(w.BodyWriter.AsStream(), new UTF8Encoding(false), bufferSize: 128 << visit.Next(6));
        var text = Encoding.ASCII.GetString(visit.Answer);
        for (int at = 0, count; at < text.Length; at += count)
        {
            count = Math.Min(text.Length - at, 1 + visit.Next(3_000));
            await writer.WriteAsync(text.AsMemory(at, count));
        }
    }

    /// <summary>Asks for memory, uses a part of it, and writes beside that directly.</summary>
    private static async Task MemoryAsync(ResponseWriter w, Request r, Visit visit)
    {
        for (var left = visit.Answer.AsMemory(); !left.IsEmpty;)
        {
            var count = Math.Min(left.Length, 1 + visit.Next(3_000));
            if (visit.Next(4) == 0)
            {
                await w.WriteAsync(left[..count]);
            }
            else
            {
                var memory = w.BodyWriter.GetMemory(visit.Next(5_000));
                count = Math.Min(count, memory.Length);
                left[..count].CopyTo(memory);
                w.BodyWriter.Advance(count);
            }
            left = left[count..];
            if (visit.Next(6) == 0) await w.BodyWriter.FlushAsync();
        }
    }

    /// <summary>An event a line, each flushed, with a moment between.</summary>
    private static async Task EventsAsync(ResponseWriter w, Request r, Visit visit)
    {
        w.Header.Set("Content-Type", "text/event-stream");
        for (var at = 0; at < visit.Answer.Length; at += Tagged.Line)
        {
            await w.WriteAsync(visit.Answer.AsMemory(at, Math.Min(Tagged.Line, visit.Answer.Length - at)));
            await w.FlushAsync();
            if (visit.Next(4) == 0) await Task.Delay(1);
            else await Task.Yield();
        }
    }
}
