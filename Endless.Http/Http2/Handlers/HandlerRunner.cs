using Endless.Http.Http2.Frames;

namespace Endless.Http.Http2;

/// <summary>Calls the handler of each request, and ends the response when it is done. Outside the gate; any number of handlers at a time, on any thread.</summary>
internal sealed class HandlerRunner
{
    private readonly ConnectionParts _parts;
    private readonly Action<object?> _start;

    public HandlerRunner(ConnectionParts parts)
    {
        _parts = parts;
        _start = stream => Start((Http2Stream)stream!);
    }

    /// <summary>Has a stream's handler called, outside the gate. Under the gate.</summary>
    public void Queue(Http2Stream stream) => _parts.Ready.Add(_start, stream);

    /// <summary>A stream's handler was not called. Under the gate: if the stream is reset under it too, the handler never will be.</summary>
    public bool IsQueued(Http2Stream stream) => _parts.Ready.Holds(_start, stream);

    /// <summary>Starts a stream's handler, here; if it waits for something, the rest of it runs where that comes.</summary>
    private void Start(Http2Stream stream)
    {
        // Rapid reset (CVE-2023-44487): a request that is cancelled at once costs no handler. Outside the gate: a reset a moment later would not be seen inside either.
        if (stream.IsReset)
        {
            stream.EndHandler();
            return;
        }
        if (stream.Rejection is { } rejection)
        {
            _parts.Call.Refuse(stream.Response, rejection);
            stream.EndHandler();
            return;
        }
        var isDone = _parts.Call.TryRun(stream.Response, out var serving);
        // The flow goes on with other requests: a later stall is not this handler's.
        _parts.Transport.ActiveSite = null;
        if (isDone) OnReturned(stream);
        else _ = AwaitAsync(stream, serving);
    }

    private async Task AwaitAsync(Http2Stream stream, Task serving)
    {
        var failure = await _parts.Call.EndAsync(stream.Response, serving, stream.Body).ConfigureAwait(false);
        if (failure is null && !stream.Request.HasOverlap)
        {
            OnReturned(stream);
            return;
        }
        Fail(stream, failure);
        stream.EndHandler();
    }

    /// <summary>The handler is done and did not fail.</summary>
    private void OnReturned(Http2Stream stream)
    {
        // A request that has come to its end, as most have, stays so: there is nothing to wait for.
        if (!stream.IsRemoteEnded)
        {
            lock (_parts.Gate)
                if (stream.TryHold()) return;
        }
        stream.Finish();
    }

    /// <summary>The handler threw, or its writes overlapped: a status if it can still be chosen, else the client must see that the response is not whole.</summary>
    private void Fail(Http2Stream stream, Exception? failure)
    {
        bool isReset;
        lock (_parts.Gate) isReset = stream.IsReset;
        if (_parts.Call.Judge(stream.Response, failure, unreadable: null, isReset) is { } rejection)
        {
            _parts.Call.Refuse(stream.Response, rejection);
            return;
        }
        lock (_parts.Gate)
            if (!stream.IsLocalEnded) stream.ResetHere(ErrorCode.InternalError);
    }
}
