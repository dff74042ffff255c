using Endless.Http.Connections;
using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;

namespace Endless.Http.Http2;

/// <summary>Calls the handler of each request, and ends the response when it is done. Outside the gate; any number of handlers at a time, on any thread.</summary>
internal sealed class HandlerRunner(Http2Connection connection, Connection transport, HandlerCall call)
{
    /// <summary>Starts a stream's handler, here; if it waits for something, the rest of it runs where that comes.</summary>
    public void Start(Http2Stream stream)
    {
        // Cancelled in the same breath: such a request costs no handler (CVE-2023-44487). Outside the gate, since a reset that comes a moment later is not seen inside either.
        if (stream.IsReset)
        {
            Done(stream);
            return;
        }
        if (stream.Rejection is { } rejection)
        {
            call.Refuse(stream.Response, rejection);
            Done(stream);
            return;
        }
        var isDone = call.TryRun(stream.Response, out var serving);
        // The flow goes on with other requests: what it does next is not this handler's doing.
        transport.ActiveSite = null;
        if (isDone) OnReturned(stream);
        else _ = AwaitAsync(stream, serving);
    }

    private async Task AwaitAsync(Http2Stream stream, Task serving)
    {
        var failure = await call.EndAsync(stream.Response, serving, stream.Body).ConfigureAwait(false);
        if (failure is null && !stream.Request.HasOverlap)
        {
            OnReturned(stream);
            return;
        }
        Fail(stream, failure);
        Done(stream);
    }

    /// <summary>The handler is done and did not fail.</summary>
    private void OnReturned(Http2Stream stream)
    {
        // A request that has come to its end, as most have, stays so: there is nothing to wait for.
        if (!stream.IsRemoteEnded)
        {
            lock (connection.Gate)
                if (stream.TryHold()) return;
        }
        Finish(stream);
    }

    /// <summary>Ends the response of a handler that is done.</summary>
    public void Finish(Http2Stream stream)
    {
        stream.Response.Finish();
        Done(stream);
    }

    /// <summary>The handler threw, or its writes overlapped: a status if it can still be chosen, else the client must see that the response is not whole.</summary>
    private void Fail(Http2Stream stream, Exception? failure)
    {
        bool isReset;
        lock (connection.Gate) isReset = stream.IsReset;
        if (call.Judge(stream.Response, failure, failure is RequestBodyException body ? Rejections.Of(body) : null, isReset) is { } rejection)
        {
            call.Refuse(stream.Response, rejection);
            return;
        }
        lock (connection.Gate)
            if (!stream.IsLocalEnded) connection.ResetHere(stream, ErrorCode.InternalError);
    }

    private void Done(Http2Stream stream)
    {
        // As in Go, the request's cancellation also fires when its handler is done.
        if (stream.Request.IsCancellationWatched) call.Cancel(stream.Request);
        stream.Response.CloseBody();
        lock (connection.Gate) connection.OnHandlerDone(stream);
        connection.FlushSoon();
    }
}
