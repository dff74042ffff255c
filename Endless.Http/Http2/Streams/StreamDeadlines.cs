using Endless.Http.Connections;
using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;


namespace Endless.Http.Http2;

/// <summary>
/// The time limits of a connection's streams. They are looked over when the earliest of them may have passed, by the reading flow, whose read waits no
/// longer than that: no stream has a timer. Guarded by the connection's gate.
/// </summary>
internal sealed class StreamDeadlines(Http2Connection connection, ProtocolTimeouts timeouts, ProtocolLimits limits)
{
    // No body can be too slow any sooner, and a look costs little.
    private readonly long _bodyCheckInterval = limits.MinBodyBytesPerSecond <= 0 ? Connection.NoDeadline : Math.Max(limits.MinBodyRateGrace, 100);

    private readonly LeastRate? _rate = limits.LeastResponseRate;
    private readonly long _shutCheckInterval = limits.LeastResponseRate is { } rate ? Math.Max(rate.Grace, 100) : Http2Limits.StallCheckInterval;

    /// <summary>When to look over the streams, while there are any; never later than their earliest deadline.</summary>
    public long Next { get; private set; } = Connection.NoDeadline;

    /// <summary>A stream was opened.</summary>
    public void OnOpened(Http2Stream stream)
    {
        var now = connection.Transport.Now;
        stream.OpenedAt = now;
        stream.ReadDeadline = stream.IsRemoteEnded || timeouts.Read < 0 ? Connection.NoDeadline : now + timeouts.Read;
        stream.WriteDeadline = timeouts.Write < 0 ? Connection.NoDeadline : now + timeouts.Write;
        // The only stream: what was noted for earlier ones is of no account.
        if (connection.Streams.Count == 1) Next = Connection.NoDeadline;
        Note(stream, now);
    }

    /// <summary>A stream waits for the rest of a request that nobody wants.</summary>
    public void OnDiscarding(Http2Stream stream)
    {
        var now = connection.Transport.Now;
        stream.ReadDeadline = now + (stream.IsHeld ? timeouts.Discard : timeouts.Linger);
        Note(stream, now);
    }

    /// <summary>A stream has something to send, and the client's windows are shut.</summary>
    public void OnShut(Http2Stream stream)
    {
        if (_rate is null) return;
        var now = connection.Transport.Now;
        (stream.Pace ??= new()).Begin(_rate, now);
        Next = Math.Min(Next, now + _shutCheckInterval);
    }

    /// <summary>Ends what has taken too long.</summary>
    public void Check(long now)
    {
        if (now < Next) return;
        Next = Connection.NoDeadline;
        var streams = connection.Streams.Open.ToArray();
        var shut = _rate is null ? 0 : streams.Count(IsShut);
        foreach (var stream in streams)
        {
            if (now >= stream.ReadDeadline)
            {
                stream.ReadDeadline = Connection.NoDeadline;
                if (stream.IsHeld) stream.FinishHeld();
                else if (stream.IsStopping) stream.StopRequest();
                else if (!stream.IsRemoteEnded) stream.Body?.Fail(new RequestBodyException(408, "The request's body took too long to arrive."));
            }
            if (ChecksBody(stream) && stream.Body!.IsTooSlow(now, limits)) stream.Body.Fail(new RequestBodyException(408, "The request's body arrived too slowly."));
            if (stream.IsClosed) continue;
            // Go's choice of code.
            if (now >= stream.WriteDeadline) connection.ResetHere(stream, ErrorCode.InternalError);
            else if (IsTooSlow(stream, now, shut))
            {
                connection.Transport.ResponsesAbandoned++;
                connection.ResetHere(stream, ErrorCode.EnhanceYourCalm);
            }
            if (!stream.IsClosed) Note(stream, now);
        }
    }

    /// <summary>Whether the client lets a response go on too slowly. The streams that wait for it share the rate: over a slow line each gets a part of what all get.</summary>
    private bool IsTooSlow(Http2Stream stream, long now, int shut)
    {
        if (_rate is null) return stream.Unsent.Length > 0 && now - stream.SentAt >= Http2Limits.StallTimeout;
        if (IsShut(stream)) return (stream.Pace ??= new()).IsTooSlow(_rate, now, stream.DataSent, shut, out _);
        // Nothing waits; or the output is full, and it is the transport that waits for the client.
        stream.Pace?.End(_rate, now);
        return false;
    }

    private bool IsShut(Http2Stream stream) => stream.Unsent.Length > 0 && connection.Sender.IsShut(stream);

    private bool ChecksBody(Http2Stream stream) => _bodyCheckInterval != Connection.NoDeadline && !stream.IsRemoteEnded && !stream.IsHandlerDone;

    private void Note(Http2Stream stream, long now)
    {
        var interval = ChecksBody(stream) ? Math.Min(_bodyCheckInterval, Http2Limits.StallCheckInterval) : Http2Limits.StallCheckInterval;
        if (stream.Unsent.Length > 0) interval = Math.Min(interval, _shutCheckInterval);
        Next = Math.Min(Next, Math.Min(now + interval, Math.Min(stream.ReadDeadline, stream.WriteDeadline)));
    }
}
