using System.Buffers;

namespace Endless.Http.Tests.Programs;

/// <summary>Handlers that go on with their request and their response when it is over.</summary>
internal static class LatePrograms
{
    public static IEnumerable<StormProgram> All =>
    [
        new("when-any", WhenAnyAsync) { Weight = 30, MaxBody = 2_000 },
        new("when-any-races", RaceAsync) { Weight = 20, MaxBody = 2_000, MayBreak = true, Check = HasTailOrNot },
        new("forget-late", Forget) { Weight = 40, MaxBody = 5_000 },
        new("late-read", LateReadAsync) { Weight = 20, MaxBody = 60_000 },
        new("late-facts", LateFactsAsync) { Weight = 20, MaxBody = 2_000 },
    ];

    /// <summary>The well-known time-out: whichever is done first, and the work writes all the same.</summary>
    private static async Task WhenAnyAsync(ResponseWriter w, Request r, Visit visit)
    {
        var work = visit.Later(async () =>
        {
            await visit.Answered;
            for (var i = 0; i < 3; i++)
            {
                await visit.PauseAsync();
                await visit.RefusedAsync("WriteAsync", () => w.WriteAsync(Stray(visit)));
            }
        });
        await w.WriteAsync(visit.Answer);
        await Task.WhenAny(work, Task.Delay(visit.Next(4)));
    }

    /// <summary>The work is done at about the same time as the handler: its bytes are in the answer, or it hears that they are not.</summary>
    private static async Task RaceAsync(ResponseWriter w, Request r, Visit visit)
    {
        await w.WriteAsync(visit.Answer);
        var spins = visit.Next(3_000);
        var work = visit.Later(async () =>
        {
            Thread.SpinWait(spins);
            try
            {
                await w.WriteAsync(Tail(visit));
                visit.TailWritten = true;
            }
            catch (InvalidOperationException exception)
            {
                visit.Refuse(exception, "WriteAsync in a race with the end");
            }
            catch (IOException)
            {
                // Its client is gone: the answer was broken, which is judged there.
            }
        });
        if (visit.Next(2) == 0) await Task.WhenAny(work, Task.Delay(visit.Next(2)));
        else Thread.SpinWait(visit.Next(3_000));
    }

    /// <summary>Returns at once, and calls everything there is later.</summary>
    private static Task Forget(ResponseWriter w, Request r, Visit visit)
    {
        w.Header.Set("Trailer", "X-Late");
        w.Write(visit.Answer);
        var (header, trailers, pipe) = (w.Header, w.Trailers, w.BodyWriter);
        _ = visit.Later(async () =>
        {
            await visit.Answered;
            for (var i = 0; i < 4; i++)
            {
                await visit.PauseAsync();
                await (visit.Next(12) switch
                {
                    0 => visit.RefusedAsync("Write", () => w.Write(Stray(visit))),
                    1 => visit.RefusedAsync("WriteAsync", () => w.WriteAsync(Stray(visit))),
                    2 => visit.RefusedAsync("Flush", w.Flush),
                    3 => visit.RefusedAsync("FlushAsync", () => w.FlushAsync()),
                    4 => visit.RefusedAsync("WriteHeader", () => w.WriteHeader(201)),
                    5 => visit.RefusedAsync("Header.Set", () => header.Set("X-Id", "1")),
                    6 => visit.RefusedAsync("Trailers.Set", () => trailers.Set("X-Late", "1")),
                    7 => visit.RefusedAsync("Hijack", () => w.Hijack()),
                    8 => visit.RefusedAsync("BodyWriter.WriteAsync", () => pipe.WriteAsync(Stray(visit)).AsTask()),
                    9 => visit.RefusedAsync("BodyWriter.FlushAsync", async () =>
                    {
                        pipe.Write(Stray(visit));
                        await pipe.FlushAsync();
                    }),
                    10 => visit.RefusedAsync("WriteAsync of much", () => w.WriteAsync(new byte[100_000])),
                    _ => visit.RefusedAsync("WriteHeader of an interim status", () => w.WriteHeader(103)),
                });
            }
        });
        return Task.CompletedTask;
    }

    /// <summary>Reads its body when the request is over, which may be the body of the next one by then.</summary>
    private static async Task LateReadAsync(ResponseWriter w, Request r, Visit visit)
    {
        var (pipe, stream) = (r.Body, r.BodyStream);
        var buffer = new byte[10_000];
        _ = visit.Later(async () =>
        {
            await visit.Answered;
            if (visit.Sent.Length == 0) return;
            for (var i = 0; i < 3; i++)
            {
                await visit.PauseAsync();
                await (visit.Next(6) switch
                {
                    0 => visit.RefusedAsync("Body.ReadAsync", () => pipe.ReadAsync().AsTask()),
                    1 => visit.RefusedAsync("Body.TryRead", () => pipe.TryRead(out _)),
                    2 => visit.RefusedAsync("BodyStream.ReadAsync", () => stream.ReadAsync(buffer).AsTask()),
                    3 => visit.RefusedAsync("BodyStream.ReadByte", () => stream.ReadByte()),
                    4 => visit.RefusedAsync("ReadBodyAsync", () => r.ReadBodyAsync()),
                    _ => visit.RefusedAsync("BodyStream.CopyToAsync", () => stream.CopyToAsync(new MemoryStream())),
                });
            }
        });
        if (visit.Next(2) == 0) await r.BodyStream.ReadAtLeastAsync(buffer, Math.Min(visit.Sent.Length, 100));
        await w.WriteAsync(visit.Answer);
    }

    /// <summary>Looks up what its request was: the truth, or an exception.</summary>
    private static async Task LateFactsAsync(ResponseWriter w, Request r, Visit visit)
    {
        var host = r.Host;
        var cookie = r.Header["Cookie"];
        var length = r.ContentLength;
        var (header, values) = (r.Header, r.Values);
        _ = visit.Later(async () =>
        {
            await visit.Answered;
            for (var i = 0; i < 4; i++)
            {
                await visit.PauseAsync();
                // Has been read: stays true for ever.
                visit.Own("Header[Cookie]", cookie, () => header["Cookie"]);
                visit.Own("Method", visit.Method, () => r.Method);
                visit.Own("Path", visit.Path, () => r.Path);
                visit.Own("Target", visit.Target, () => r.Target);
                visit.Own("Query", $"{visit.Id}", () => r.Query["id"]);
                visit.Own("Host", host, () => r.Host);
                visit.Own("ContentLength", $"{length}", () => $"{r.ContentLength}");
                visit.Own("Pattern", visit.Route, () => r.Pattern);
                visit.Own("PathValue", $"{visit.Id}", () => r.PathValue("id"));
                visit.Own("Values", $"{visit.Id}", () => (string?)values["id"]);
                visit.Own("Header[X-Id]", $"{visit.Id}", () => r.Header["X-Id"]);
                visit.Own("StatusCode", "200", () => $"{w.StatusCode}");
            }
        });
        await w.WriteAsync(visit.Answer);
    }

    private static byte[] Stray(Visit visit) => Tagged.Make(visit.Id, Tagged.Late, 1 + visit.Next(200));

    private static byte[] Tail(Visit visit) => Tagged.Make(visit.Id, Tagged.Tail, visit.AnswerLength % 5 == 0 ? 200_000 : 64);

    private static string? HasTailOrNot(Visit visit, byte[] body, bool isWhole)
    {
        byte[] both = [.. visit.Answer, .. Tail(visit)];
        return Tagged.Difference(both, body, isPrefix: true) is { } wrong ? wrong
            : isWhole && body.Length != both.Length && body.Length != visit.Answer.Length ? $"whole with {body.Length:#,0} bytes, which is neither {visit.Answer.Length:#,0} nor {both.Length:#,0}" : null;
    }
}
