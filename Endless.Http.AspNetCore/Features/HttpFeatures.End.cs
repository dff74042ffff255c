using Microsoft.AspNetCore.Http;

namespace Endless.Http.AspNetCore.Features;

// How a request ends.
internal partial class HttpFeatures
{
    private Task? _closing; // of the streams, begun when nobody could wait for it

    /// <summary>The application is done and has not failed: true if nothing is to be waited for, and nobody to be told. The rest is the engine's.</summary>
    public bool TryEnd()
    {
        if (HasStartingCallbacks || HasCompletedCallbacks || _upgraded is not null || _isResponseRateSet || _pipe is { Failure: not null } || StartFailure is not null || IsTooShort || HasForbiddenLength || _response.IsAborted) return false;
        var closing = CloseStreamsAsync();
        if (!closing.IsCompletedSuccessfully)
        {
            _closing = closing.AsTask();
            return false;
        }
        Start();
        return true;
    }

    /// <summary>The application is done: its streams end, who wants to know before the head is told, a failure is answered, the response goes to the client, and who wants to know of that is told.</summary>
    /// <param name="failure">What it failed by; null if it did not.</param>
    /// <returns>The same, or what was found out afterwards.</returns>
    public async Task<Exception?> EndAsync(Exception? failure)
    {
        try
        {
            await (_closing ?? CloseStreamsAsync(isLost: failure is not null).AsTask()).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure ??= exception; // more was written than declared
        }
        failure ??= _pipe?.Failure;
        if (!HasStarted && failure is null) await RunStartingAsync().ConfigureAwait(false);
        failure ??= StartFailure;
        if (failure is null && IsTooShort) failure = TooShort();
        if (failure is null && HasForbiddenLength) failure = ForbiddenLength();
        if (failure is not null) await FailAsync(failure).ConfigureAwait(false);
        else if (!_response.IsAborted) Start();
        if (_isResponseRateSet && _engineRequest.Connection is { } connection) connection.LeastSendRate = _serversResponseRate;
        if (HasCompletedCallbacks)
        {
            // Nearly always only the scope of the services is disposed. So the end of the response waits for that, and for the other requests of the loop's turn; but not for anything that takes its time.
            var isEnded = await TryEndResponseAsync().ConfigureAwait(false);
            var completed = RunCompletedAsync();
            if (isEnded && !completed.IsCompleted) await Pipe.SendAsync().ConfigureAwait(false);
            await completed.ConfigureAwait(false);
        }
        return failure;
    }

    private async ValueTask FailAsync(Exception failure)
    {
        var isClients = failure is BadHttpRequestException || (failure is OperationCanceledException or IOException && _engineRequest.Connection is { PeerClosed: true });
        if (failure is BadHttpRequestException badRequest) BadRequest = badRequest;
        if (isClients) _engineRequest.Logger.RequestRejected(_connection.ConnectionId, _engineRequest.Name, failure);
        else _engineRequest.Logger.ApplicationFailed(_connection.ConnectionId, _engineRequest.Name, failure);
        if (_upgraded is not null || _response.IsFinished) return; // closed when this is over, or whole
        if (HasStarted)
        {
            if (_pipe is not null) await _pipe.SendAsync().ConfigureAwait(false);
            Abort();
            return;
        }
        Replace((failure as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError, closes: failure is BadHttpRequestException);
        if (!_response.IsAborted) Start();
    }
}
