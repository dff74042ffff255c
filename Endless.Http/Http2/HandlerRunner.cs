using Endless.Http.Http2.Frames;
using Endless.Http.Protocols;
using Endless.Http.Transport;

namespace Endless.Http.Http2;

/// <summary>Calls the handler of each request, and ends the response when it is done. Outside the gate; any number of handlers at a time, on any thread.</summary>
internal sealed class HandlerRunner(Http2Connection connection, Connection transport, ProtocolContext context)
{
    private readonly ExecutionContext? _executionContext = ExecutionContext.Capture();

    /// <summary>Starts a stream's handler, here; if it waits for something, the rest of it runs where that comes.</summary>
    public void Start(Http2Stream stream)
    {
        bool isReset;
        lock (connection.Gate) isReset = stream.IsReset;
        // Cancelled in the same breath: such a request costs no handler (CVE-2023-44487).
        if (isReset)
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
        if (task.IsCompletedSuccessfully) Finish(stream, failure);
        else _ = AwaitAsync(stream, task);
    }

    private Task Invoke(Http2Stream stream, out Exception? failure)
    {
        failure = null;
        try
        {
            var handler = stream.Request.RawPath == "*" ? OptionsHandler.Instance : context.Handler;
            return handler.ServeHttpAsync(stream.Response, stream.Request);
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

    private async Task AwaitAsync(Http2Stream stream, Task task)
    {
        Exception? failure = null;
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = exception;
        }
        Finish(stream, failure);
    }

    private void Finish(Http2Stream stream, Exception? failure)
    {
        if (failure is null)
        {
            lock (connection.Gate)
                if (stream.TryHold()) return;
            Finish(stream);
            return;
        }
        Fail(stream, failure);
        Done(stream);
    }

    /// <summary>Ends the response of a handler that is done.</summary>
    public void Finish(Http2Stream stream)
    {
        try
        {
            stream.Response.Finish();
        }
        catch (Exception exception)
        {
            // What the handler left in the body writer was more than it may write.
            Fail(stream, exception);
        }
        Done(stream);
    }

    /// <summary>The handler threw: a status if it can still be chosen, else the client must see that the response is not whole.</summary>
    private void Fail(Http2Stream stream, Exception failure)
    {
        bool isReset;
        lock (connection.Gate) isReset = stream.IsReset;
        if (failure is not AbortHandlerException)
        {
            if (isReset || failure is RequestBodyException) context.Logger.HandlerGaveUp(transport.Id, failure);
            else context.Logger.HandlerFailed(transport.Id, failure);
            if (!isReset && !stream.Response.IsCommitted)
            {
                Reject(stream, failure is RequestBodyException body ? Rejections.Of(body) : Rejections.HandlerFailed);
                return;
            }
        }
        lock (connection.Gate)
            if (!stream.IsLocalEnded) connection.ResetHere(stream, ErrorCode.InternalError);
    }

    private void Reject(Http2Stream stream, Rejection rejection)
    {
        if (rejection.Status < 500) context.Logger.RequestRefused(transport.Id, rejection.Status, rejection.Reason);
        var response = stream.Response;
        response.Reset(stream.Request.Method == "HEAD");
        response.Header.Set("Content-Type", "text/plain; charset=utf-8");
        response.WriteHeader(rejection.Status);
        response.Write(rejection.Text);
        response.Finish();
    }

    private void Done(Http2Stream stream)
    {
        // As in Go, the request's cancellation also fires when its handler is done.
        if (stream.Request.IsCancellationWatched) connection.CancelRequest(stream.Request);
        lock (connection.Gate) connection.OnHandlerDone(stream);
        connection.FlushSoon();
    }
}
