using Endless.Http.Http2.Frames;

namespace Endless.Http.Http2;

/// <summary>
/// What is owed to a client that has ended its side of the connection (a FIN, or TLS's close_notify) and may still read: the responses to what it asked for in full, as over HTTP/1.1.
/// Handlers are told by their request's cancellation, since a client that is gone for good begins the same way; it is found out by the first send that fails.
/// </summary>
/// <remarks>
/// No frame comes any more, so what waits for one is over at once: the rest of a request, and octets that the client's windows do not allow. What is left is bounded by the handlers, the streams'
/// time limits and <see cref="Http2Limits.StallTimeout"/>. Guarded by the connection's gate but for <see cref="FinishAsync"/>, which enters it.
/// </remarks>
internal sealed class HalfClose(ConnectionParts parts, StreamTable<Http2Stream> streams, StreamSender sender, StreamDeadlines deadlines)
{
    private TaskCompletionSource? _over;

    /// <summary>Completes when every response was put into the output, or the client can no longer be written to.</summary>
    public async Task FinishAsync()
    {
        Task over;
        lock (parts.Gate)
        {
            parts.IsHalfClosed = true;
            foreach (var stream in streams.Open.ToArray()) stream.EndPeer();
            DropStarved();
            if (IsOver) return;
            over = (_over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
        parts.FlushSoon();
        while (!over.IsCompleted)
        {
            long wait;
            lock (parts.Gate) wait = Math.Clamp(parts.Clock.Next - parts.Transport.Now, 1, Http2Limits.StallCheckInterval);
            await over.WaitAsync(TimeSpan.FromMilliseconds(wait)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (parts.Gate)
            {
                deadlines.Check(parts.Transport.Now);
                Look();
            }
            parts.FlushSoon();
        }
    }

    /// <summary>Cuts short the streams that wait for WINDOW_UPDATE, where none comes any more: at the beginning, and when something was sent.</summary>
    public void DropStarved()
    {
        if (!parts.IsHalfClosed) return;
        foreach (var stream in streams.Open.ToArray())
            if (sender.IsStarved(stream)) stream.ResetHere(ErrorCode.Cancel);
    }

    /// <summary>A stream was closed, or the output broke.</summary>
    public void Look()
    {
        if (IsOver) _over?.TrySetResult();
    }

    private bool IsOver => streams.Count == 0 || parts.Output.IsBroken || parts.Transport.IsBroken;
}
