using Endless.Http.Connections;
using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;

namespace Endless.Http.Http2;

/// <summary>
/// The time limits of a connection's streams. They are looked over when the earliest of them may have passed, by the reading flow, whose read waits no
/// longer than that: no stream has a timer. Guarded by the connection's gate.
/// </summary>
internal sealed class StreamDeadlines(ConnectionParts parts, StreamTable<Http2Stream> streams, StreamSender sender)
{
    private readonly StreamClock _clock = parts.Clock;
    private readonly ProtocolLimits _limits = parts.Context.Limits;
    private readonly ProtocolTimeouts _timeouts = parts.Context.Timeouts;

    // No body can be too slow any sooner, and a look costs little.
    private readonly long _bodyCheckInterval = parts.Context.Limits is { MinBodyBytesPerSecond: > 0 } limits ? Math.Max(limits.MinBodyRateGrace, 100) : Connection.NoDeadline;

    private readonly LeastRate? _rate = parts.Clock.Rate;

    /// <summary>A stream was opened.</summary>
    public void OnOpened(Http2Stream stream)
    {
        var now = parts.Transport.Now;
        stream.OpenedAt = now;
        stream.ReadDeadline = stream.IsRemoteEnded || _timeouts.Read < 0 ? Connection.NoDeadline : now + _timeouts.Read;
        stream.WriteDeadline = _timeouts.Write < 0 ? Connection.NoDeadline : now + _timeouts.Write;
        // The only stream: forget what was noted for earlier ones.
        if (streams.Count == 1) _clock.Clear();
        Note(stream, now);
    }

    /// <summary>Ends what has taken too long.</summary>
    public void Check(long now)
    {
        if (now < _clock.Next) return;
        _clock.Clear();
        var open = streams.Open.ToArray();
        var shut = _rate is null ? 0 : open.Count(IsShut);
        foreach (var stream in open)
        {
            if (now >= stream.ReadDeadline)
            {
                stream.ReadDeadline = Connection.NoDeadline;
                if (stream.IsHeld) stream.FinishHeld();
                else if (stream.IsStopping) stream.StopRequest();
                else if (!stream.IsRemoteEnded) stream.Body?.Fail(new RequestBodyException(408, "The request's body took too long to arrive."));
            }
            if (ChecksBody(stream) && stream.Body!.IsTooSlow(now, _limits)) stream.Body.Fail(new RequestBodyException(408, "The request's body arrived too slowly."));
            if (stream.IsClosed) continue;
            // Go's choice of code.
            if (now >= stream.WriteDeadline) stream.ResetHere(ErrorCode.InternalError);
            else if (IsTooSlow(stream, now, shut))
            {
                parts.Transport.ResponsesAbandoned++;
                stream.ResetHere(ErrorCode.EnhanceYourCalm);
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

    private bool IsShut(Http2Stream stream) => stream.Unsent.Length > 0 && sender.IsShut(stream);

    private bool ChecksBody(Http2Stream stream) => _bodyCheckInterval != Connection.NoDeadline && !stream.IsRemoteEnded && !stream.IsHandlerDone;

    private void Note(Http2Stream stream, long now)
    {
        var interval = ChecksBody(stream) ? Math.Min(_bodyCheckInterval, Http2Limits.StallCheckInterval) : Http2Limits.StallCheckInterval;
        if (stream.Unsent.Length > 0) interval = Math.Min(interval, _clock.ShutCheckInterval);
        _clock.Note(Math.Min(now + interval, Math.Min(stream.ReadDeadline, stream.WriteDeadline)));
    }
}
