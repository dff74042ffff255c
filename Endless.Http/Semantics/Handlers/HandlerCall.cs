using System.Runtime.CompilerServices;
using Endless.Http.Connections;

namespace Endless.Http.Semantics;

/// <summary>
/// Calls the handlers of a connection's requests, and judges what comes of them: all of it that does not depend on the protocol. How a response is ended, cut short or followed by another is the engine's.
/// </summary>
/// <remarks>
/// For each request <see cref="TryRun"/>; where that is false <see cref="EndAsync"/>; where that finds a failure <see cref="Judge"/>, and <see cref="Refuse"/> with what it says. Without state of a request: any
/// number of them at a time, on any thread.
/// </remarks>
internal sealed class HandlerCall(Connection connection, ProtocolContext context)
{
    private readonly ExecutionContext? _executionContext = ExecutionContext.Capture();

    /// <summary>
    /// Calls the handler of a response's request. True if it is done and has left nothing behind, as nearly always: its request is over, and the response is to be ended. Does not throw, and takes no
    /// state machine: a handler that returns a completed task costs what it allocates itself.
    /// </summary>
    /// <param name="response">Of which <see cref="ServerResponse.Request"/> is set.</param>
    /// <param name="serving">The handler's task; a failed one if it threw before it had any.</param>
    public bool TryRun(ServerResponse response, out Task serving)
    {
        var request = response.Request!;
        try
        {
            var handler = request.RawPath == "*" && context.AnswersAsterisk ? OptionsHandler.Instance : context.Handler;
            serving = handler.ServeHttpAsync(new ServerResponseWriter(response, request), request) ?? throw new InvalidOperationException("The handler returned null in place of a task.");
        }
        catch (Exception exception)
        {
            serving = Task.FromException(exception);
        }
        // AsyncLocal values that a synchronous handler set would otherwise be there in the connection's next request.
        if (_executionContext is not null && ExecutionContext.Capture() != _executionContext) ExecutionContext.Restore(_executionContext);

        if (!serving.IsCompletedSuccessfully || response.HasCallbacks || !request.TryEnd() || request.HasDisposables || response.IsEnded || response.HasPendingBody) return false;
        request.FinalStatus = response.FinalStatus; // before the client can have the answer
        return true;
    }

    /// <summary>Waits for a handler that waits, failed or left something behind; then its request is over, and what waited in the body's pipe is written, unless the handler took the connection over. What it failed by; null if it did not.</summary>
    /// <param name="response">As before.</param>
    /// <param name="serving">Of <see cref="TryRun"/>.</param>
    /// <param name="body">The request's; null if it has none.</param>
    /// <remarks>Awaited exactly once by an engine, so that its state may come from a pool: it would be allocated for each request that waits.</remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Exception?> EndAsync(ServerResponse response, Task serving, RequestBody? body)
    {
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var failure = serving.Failure();
        var request = response.Request!;
        if (response.HasCallbacks) failure = await response.StartAsync(failure).ConfigureAwait(false);
        await request.EndAsync(body).ConfigureAwait(false);
        if (response.IsAborted) failure = new AbortHandlerException();
        else if (failure is HttpErrorException error && TryAnswer(response, error)) failure = null;
        var isWhole = failure is null && !request.HasOverlap && !response.IsHijacked;
        request.FinalStatus = isWhole ? response.FinalStatus : response.StatusCode;
        if (response.IsHijacked)
        {
            // There is nothing to judge: the handler has answered by itself, or was about to.
            if (failure is not null) context.Logger.HandlerFailed(request, connection.Id, failure);
        }
        else if (failure is null && response.HasPendingBody)
        {
            failure = await response.WritePendingAsync().FailureAsync().ConfigureAwait(false);
        }
        return failure;
    }

    /// <summary>Answers what a handler asked for by an exception, as if it had written that itself: the response is still to be ended. False where it is too late.</summary>
    private bool TryAnswer(ServerResponse response, HttpErrorException error)
    {
        var request = response.Request!;
        if (response.IsCommitted || response.IsBroken || response.IsHijacked || request.HasOverlap) return false;
        var rejection = response.Answer(error);
        context.Logger.RequestRefused(request, connection.Id, rejection.Status, rejection.Reason);
        return true;
    }

    /// <summary>
    /// The handler failed, or its writes overlapped: what the client is answered in the handler's place; null where it is too late for an answer, or none is wanted, and the client must see that the
    /// response is not whole. Logs the failure.
    /// </summary>
    /// <param name="response">As before.</param>
    /// <param name="failure">What the handler failed by; null for an overlap, which was logged as it came.</param>
    /// <param name="unreadable">Why the request's body could not be read; null if it could.</param>
    /// <param name="isReset">The client has taken the request back.</param>
    public Rejection? Judge(ServerResponse response, Exception? failure, Rejection? unreadable, bool isReset)
    {
        response.IsCut = true; // unless it is refused
        if (failure is AbortHandlerException) return null;
        unreadable ??= failure is RequestBodyException body ? Rejections.Of(body) : null; // also of a body that middleware made of the request's
        var isGone = isReset || response.IsBroken;
        if (failure is not null)
        {
            var request = response.Request!;
            response.IsGivenUp = isGone || (failure is OperationCanceledException && connection.PeerClosed);
            if (unreadable is not null || response.IsGivenUp)
                context.Logger.HandlerGaveUp(request, connection.Id, failure);
            else
                context.Logger.HandlerFailed(request, connection.Id, failure);
        }
        return isGone || response.IsCommitted ? null : unreadable ?? Rejections.HandlerFailed;
    }

    /// <summary>Answers a request in place of its handler, before the head was sent.</summary>
    public void Refuse(ServerResponse response, Rejection rejection)
    {
        if (rejection.Status < 500) context.Logger.RequestRefused(response.Request!, connection.Id, rejection.Status, rejection.Reason);
        response.Request!.FinalStatus = rejection.Status;
        response.IsCut = false;
        response.Refuse(rejection);
    }

    /// <summary>Fires a request's cancellation, and logs what its callbacks throw. Any thread.</summary>
    public void Cancel(Request request)
    {
        try
        {
            request.Cancel();
        }
        catch (Exception exception)
        {
            context.Logger.CancellationCallbackFailed(request, connection.Id, exception);
        }
    }

    /// <inheritdoc cref="IExchange.OnLateUse"/>
    public void OnLateUse(Request request, string member) => context.Logger.RequestUsedLate(member, request, connection.Id);

    /// <inheritdoc cref="IExchange.OnOverlap"/>
    public void OnOverlap(Request request, string member) => context.Logger.OverlapRefused(member, request, connection.Id);
}
