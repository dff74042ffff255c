using System.Collections.Concurrent;

namespace Endless.Http.Tests.Programs;

/// <summary>Handlers that write while they write. A write is in the answer whole, behind those before it; or it is refused, and then the answer is visibly not whole.</summary>
internal static class OverlapPrograms
{
    private const int Pieces = 12;

    public static IEnumerable<StormProgram> All =>
    [
        new("forget-write", ForgetOne) { MaxBody = 0, MaxAnswer = 300_000 },
        new("forget-4m", ForgetOne) { Weight = 1, MaxBody = 0, Check = StormProgram.Exactly(Large) },
        new("forget-two", ForgetTwo) { MaxBody = 0, MayBreak = true, MaxAnswer = 300_000, Check = StormProgram.Exactly(visit => [.. visit.Answer, .. visit.Answer]) },
        new("two-tasks", TwoTasksAsync) { MaxBody = 0, MayBreak = true, Check = AreWhole },
        new("parallel", ParallelForEach) { Weight = 5, MaxBody = 0, MayBreak = true, Check = AreWhole },
    ];

    /// <summary>One write that nobody awaits: the end of the request waits for it.</summary>
    private static Task ForgetOne(ResponseWriter w, Request r, Visit visit)
    {
        _ = w.WriteAsync(visit.Program.Name == "forget-4m" ? Large(visit) : visit.Answer);
        return Task.CompletedTask;
    }

    private static Task ForgetTwo(ResponseWriter w, Request r, Visit visit)
    {
        _ = w.WriteAsync(visit.Answer);
        _ = w.WriteAsync(visit.Answer);
        return Task.CompletedTask;
    }

    private static async Task TwoTasksAsync(ResponseWriter w, Request r, Visit visit)
    {
        var isAsync = visit.Next(3) > 0;
        await Task.WhenAll(Task.Run(() => WriteAsync('A')), Task.Run(() => WriteAsync('B')));

        async Task WriteAsync(char task)
        {
            try
            {
                for (var i = 0; i < Pieces; i++)
                {
                    if (isAsync) await w.WriteAsync(Piece(visit, task, i));
                    else w.Write(Piece(visit, task, i));
                    if (visit.Next(8) == 0) await w.FlushAsync();
                }
            }
            catch (InvalidOperationException exception)
            {
                visit.Refuse(exception, "a write beside another");
            }
            catch (IOException)
            {
                // The other one's fault has cost the connection.
            }
        }
    }

    /// <summary>The exceptions go on to the server, as one.</summary>
    private static Task ParallelForEach(ResponseWriter w, Request r, Visit visit)
    {
        Parallel.ForEach(Partitioner.Create(0, Pieces, 1), new ParallelOptions { MaxDegreeOfParallelism = 4 }, range => w.Write(Piece(visit, 'A', range.Item1)));
        return Task.CompletedTask;
    }

    private static byte[] Large(Visit visit) => Tagged.Make(visit.Id, Tagged.Answer, 4 << 20);

    // Of the same size for a request, and larger than what a response collects for some.
    private static int PieceSize(Visit visit) => Tagged.Line * (1 + visit.AnswerLength % (visit.AnswerLength % 3 == 0 ? 2_000 : 40));

    private static byte[] Piece(Visit visit, char task, int number) => Tagged.Make(visit.Id, task, PieceSize(visit), number * PieceSize(visit));

    /// <summary>Every write stands in one piece, and none twice; the answer is whole only if all are there.</summary>
    private static string? AreWhole(Visit visit, byte[] body, bool isWhole)
    {
        var size = PieceSize(visit);
        var seen = new HashSet<(char, int)>();
        for (var at = 0; at < body.Length; at += size)
        {
            var piece = body.AsSpan(at, Math.Min(size, body.Length - at));
            if (piece.Length < size && isWhole) return $"a piece of {piece.Length:#,0} bytes in place of {size:#,0} at the end of a whole answer";
            if (piece.Length < Tagged.Line) return null;
            var (task, number) = ((char)piece[10], int.TryParse(piece.Slice(11, 10), out var offset) ? offset / size : 0);
            if (task is not ('A' or 'B')) return $"no piece of its own at {at:#,0}: {Tagged.Show(piece)}";
            if (Tagged.Difference(Piece(visit, task, number), piece, isPrefix: piece.Length < size) is { } wrong) return $"piece {task}{number} at {at:#,0}: {wrong}";
            if (!seen.Add((task, number))) return $"piece {task}{number} is there twice";
        }
        var due = visit.Program.Name == "parallel" ? Pieces : 2 * Pieces;
        return isWhole && seen.Count != due ? $"whole with {seen.Count} pieces of {due}" : null;
    }
}
