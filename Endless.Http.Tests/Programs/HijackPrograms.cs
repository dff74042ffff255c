using System.Buffers;
using System.Text;

namespace Endless.Http.Tests.Programs;

/// <summary>Handlers that take the connection over and answer on it themselves. Over HTTP/2 they are refused, and answer as others do.</summary>
internal static class HijackPrograms
{
    public static IEnumerable<StormProgram> All =>
    [
        new("hijack-inside", (w, r, v) => HijackAsync(w, r, v, isInside: true)) { Hijacks = true, MaxBody = 20_000, Check = StormProgram.Echo },
        new("hijack-after", (w, r, v) => HijackAsync(w, r, v, isInside: false)) { Hijacks = true, MaxBody = 20_000, Check = StormProgram.Echo },
    ];

    private static async Task HijackAsync(ResponseWriter w, Request r, Visit visit, bool isInside)
    {
        HijackedConnection connection;
        try
        {
            connection = w.Hijack();
        }
        catch (InvalidOperationException) when (visit.Protocol.IsHttp2())
        {
            await w.WriteAsync(await r.ReadBodyAsync());
            return;
        }
        var serving = visit.Later(() => ServeAsync(connection, w, visit));
        if (isInside) await serving;
    }

    /// <summary>Reads what the client sends raw, and answers in its own hand.</summary>
    private static async Task ServeAsync(HijackedConnection connection, ResponseWriter w, Visit visit)
    {
        using (connection)
        {
            var body = new MemoryStream();
            while (body.Length < visit.Sent.Length)
            {
                var result = await connection.Input.ReadAsync();
                var part = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, visit.Sent.Length - body.Length));
                foreach (var segment in part) body.Write(segment.Span);
                connection.Input.AdvanceTo(part.End);
                if (result.IsCompleted && body.Length < visit.Sent.Length) return;
            }
            connection.Output.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nX-Id: {visit.Id}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
            for (var bytes = body.ToArray().AsMemory(); !bytes.IsEmpty;)
            {
                var count = Math.Min(bytes.Length, 1 + visit.Next(5_000));
                await connection.Output.WriteAsync(bytes[..count]);
                bytes = bytes[count..];
            }
            await connection.Output.FlushAsync();
        }
        // There is no response any more, on this connection or on another with its number.
        try
        {
            w.Write(Tagged.Make(visit.Id, Tagged.Late, 10));
            visit.Fault("a write after Hijack returned normally");
        }
        catch (InvalidOperationException exception)
        {
            // As it should. Where the handler has returned already, it is as late as any other.
            if (exception.Message.Contains(visit.Path, StringComparison.Ordinal)) visit.Refuse(exception, "Write after Hijack");
        }
    }
}
