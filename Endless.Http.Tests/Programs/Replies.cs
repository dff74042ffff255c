using System.Buffers;

namespace Endless.Http.Tests.Programs;

/// <summary>The ways in which a program may write an answer of many bytes.</summary>
internal static class Replies
{
    /// <summary>Writes all of it, in a way chosen for the request.</summary>
    public static async Task SendAsync(ResponseWriter w, Visit visit, ReadOnlyMemory<byte> bytes)
    {
        if (visit.Next(3) == 0) w.Header.Set("Content-Length", $"{bytes.Length}");
        switch (visit.Next(6))
        {
            case 0:
                w.Write(bytes.Span);
                break;
            case 1:
                await w.WriteAsync(bytes);
                break;
            case 2:
                await PiecesAsync(async piece => await w.WriteAsync(piece), w);
                break;
            case 3:
                await PiecesAsync(piece =>
                {
                    w.Write(piece.Span);
                    return Task.CompletedTask;
                }, w);
                break;
            case 4:
                await PiecesAsync(async piece => await w.BodyWriter.WriteAsync(piece), w);
                break;
            default:
                await PiecesAsync(async piece =>
                {
                    w.BodyWriter.Write(piece.Span);
                    if (visit.Next(2) == 0) await w.BodyWriter.FlushAsync();
                }, w);
                break;
        }

        async Task PiecesAsync(Func<ReadOnlyMemory<byte>, Task> write, ResponseWriter writer)
        {
            var largest = visit.Next(3) switch { 0 => 1 + bytes.Length / 50, 1 => 5_000, _ => 100_000 };
            while (!bytes.IsEmpty)
            {
                var count = Math.Min(bytes.Length, 1 + visit.Next(largest));
                await write(bytes[..count]);
                bytes = bytes[count..];
                if (visit.Next(8) != 0) continue;
                if (visit.Next(2) == 0) await writer.FlushAsync();
                else writer.Flush();
            }
        }
    }
}
