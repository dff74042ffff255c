using Endless.Http.Transport;

namespace Endless.Http.Http2;

/// <summary>
/// The end of a connection in stages: a socket closed with octets unread sends a reset, and the client may lose what was sent to it last. So it is
/// first half-closed, and what still comes is thrown away for a short while (RFC 9112 section 9.6 says it of HTTP/1).
/// </summary>
internal static class LingeringClose
{
    /// <summary>Half-closes, and completes when the client closed its side or the time is over. The caller closes the connection.</summary>
    public static async Task RunAsync(Connection connection, long milliseconds)
    {
        connection.ShutdownWrite();
        var deadline = Environment.TickCount64 + milliseconds;
        var discarded = 0L;
        do
        {
            connection.ReadDeadline = deadline;
            var result = await connection.Input.ReadAsync().ConfigureAwait(false);
            discarded += result.Buffer.Length;
            connection.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
        while (discarded < Http2Limits.MaxDiscard && Environment.TickCount64 < deadline);
    }
}
