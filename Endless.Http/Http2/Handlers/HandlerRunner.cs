using Endless.Http.Connections;
using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;


namespace Endless.Http.Http2;

/// <summary>Calls the handler of each request, and ends the response when it is done. Outside the gate; any number of handlers at a time, on any thread.</summary>
internal sealed class HandlerRunner(Http2Connection connection, Connection transport, ProtocolContext context)
{
    private readonly ExecutionContext? _executionContext = ExecutionContext.Capture();

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
            Reject(stream, rejection);
            Done(stream);
            return;
        }
        var task = Invoke(stream, out var failure);
        // AsyncLocal values that a synchronous handler set would otherwise be there in the connection's next request.
        if (_executionContext is not null && ExecutionContext.Capture() != _executionContext) ExecutionContext.Restore(_executionContext);
        if (task.IsCompletedSuccessfully && stream.Request.TryEnd() && !stream.Response.HasPendingBody) Finish(stream, failure);
        else _ = AwaitAsync(stream, task, failure);
    }

    private Task Invoke(Http2Stream stream, out Exception? failure)
    {
        failure = null;
        try
        {
            var handler = stream.Request.RawPath == "*" ? OptionsHandler.Instance : context.Handler;
            return handler.ServeHttpAsync(new ServerResponseWriter(stream.Response, stream.Request), stream.Request) ?? throw new InvalidOperationException("The handler returned null in place of a task.");
        }
        catch (Exception exception)
        {
            failure = exception;
            return Task.CompletedTask;
        }
        finally
        {
            // The flow goes on with other requests: what it does next is not this handler's doing.
            transport.ActiveSite = null;
        }
    }

    private async Task AwaitAsync(Http2Stream stream, Task task, Exception? failure)
    {
        failure ??= await task.FailureAsync().ConfigureAwait(false);
        await stream.Request.EndAsync(stream.Body).ConfigureAwait(false);
        if (failure is null && stream.Response.HasPendingBody) failure = await stream.Response.WritePendingAsync().FailureAsync().ConfigureAwait(false);
        Finish(stream, failure);
    }

    private void Finish(Http2Stream stream, Exception? failure)
    {
        var isWhole = failure is null && !stream.Request.HasOverlap;
        stream.Request.FinalStatus = isWhole ? stream.Response.FinalStatus : stream.Response.StatusCode; // before the client can have the answer
        if (isWhole)
        {
            // A request that has come to its end, as most have, stays so: there is nothing to wait for.
            if (!stream.IsRemoteEnded)
            {
                lock (connection.Gate)
                    if (stream.TryHold()) return;
            }
            Finish(stream);
            return;
        }
        Fail(stream, failure);
        Done(stream);
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
        if (failure is not AbortHandlerException)
        {
            Log(stream.Request, failure, isReset);
            if (!isReset && !stream.Response.IsCommitted && !stream.Response.IsBroken)
            {
                Reject(stream, failure is RequestBodyException body ? Rejections.Of(body) : Rejections.HandlerFailed);
                return;
            }
        }
        lock (connection.Gate)
            if (!stream.IsLocalEnded) connection.ResetHere(stream, ErrorCode.InternalError);
    }

    private void Log(Request request, Exception? failure, bool isReset)
    {
        if (failure is null) return; // an overlap, which was logged as it came
        if (isReset || failure is RequestBodyException || (failure is OperationCanceledException && transport.PeerClosed)) context.Logger.HandlerGaveUp(request, transport.Id, failure);
        else context.Logger.HandlerFailed(request, transport.Id, failure);
    }

    private void Reject(Http2Stream stream, Rejection rejection)
    {
        if (rejection.Status < 500) context.Logger.RequestRefused(stream.Request, transport.Id, rejection.Status, rejection.Reason);
        stream.Request.FinalStatus = rejection.Status;
        stream.Response.Refuse(rejection);
    }

    private void Done(Http2Stream stream)
    {
        // As in Go, the request's cancellation also fires when its handler is done.
        if (stream.Request.IsCancellationWatched) connection.CancelRequest(stream.Request);
        stream.Response.CloseBody();
        lock (connection.Gate) connection.OnHandlerDone(stream);
        connection.FlushSoon();
    }
}
