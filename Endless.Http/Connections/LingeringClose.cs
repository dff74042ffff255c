namespace Endless.Http.Connections;

/// <summary>
/// Ends a connection in stages (RFC 9112 section 9.6 for HTTP/1, and as true of HTTP/2): a socket that is closed with bytes unread sends a reset, and the client
/// may lose what was sent to it last. So it is first half-closed, and what still comes is read and thrown away for a short while.
/// </summary>
internal static class LingeringClose
{
    // What a client can send in the linger time over a fast network, and no way to keep us reading.
    private const long MaxBytes = 64 << 20;

    /// <summary>Completes when the client has closed too, or has had its time. The caller closes the connection.</summary>
    /// <param name="connection">Everything that was to be sent has been flushed.</param>
    /// <param name="milliseconds">How long to wait for the client.</param>
    public static ValueTask RunAsync(Connection connection, long milliseconds)
    {
        connection.ShutdownWrite();
        return DiscardAsync(connection, milliseconds);
    }

    /// <summary>Reads and throws away what still comes. Completes when the client has closed, or has had its time.</summary>
    public static async ValueTask DiscardAsync(Connection connection, long milliseconds)
    {
        var deadline = connection.Now + milliseconds;
        var discarded = 0L;
        do
        {
            connection.ReadDeadline = deadline;
            var result = await connection.Input.ReadAsync().ConfigureAwait(false);
            discarded += result.Buffer.Length;
            connection.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
        while (discarded < MaxBytes && !connection.ReadTimedOut && connection.Now < deadline); // a read that finds bytes never times out
    }
}
