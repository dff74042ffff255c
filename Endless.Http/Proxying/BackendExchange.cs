using System.Runtime.ExceptionServices;

namespace Endless.Http.Proxying;

/// <summary>One request to one destination, and its response.</summary>
internal sealed class BackendExchange(ReverseProxyOptions options)
{
    private readonly OutgoingRequest _outgoing = new(options);

    /// <summary>Has a destination answer. False if it could not be connected to, so that nothing of the request is gone: another may be tried.</summary>
    /// <param name="w">The client's response.</param>
    /// <param name="r">The client's request.</param>
    /// <param name="destination">Who is asked.</param>
    /// <param name="isLast">There is no other: the failure is answered.</param>
    public async Task<bool> TryRunAsync(ResponseWriter w, Request r, Destination destination, bool isLast)
    {
        using var watch = new BackendWatch(options, r.Cancellation);
        var content = r.ContentLength != 0 ? new RequestContent(r.Body, r.ContentLength, watch) : null;
        using var upgrade = Upgrade.Wanted(r) is { } protocol ? new Upgrade(protocol, options, destination) : null;
        destination.Enter();
        try
        {
            using var message = _outgoing.Create(r, destination.Url, content, Upgrade.Wanted(r));
            watch.AwaitHead(); // with a body this time begins again when it is sent
            using var response = await (upgrade?.Sender ?? destination.Sender).SendAsync(message, watch.Token).ConfigureAwait(false);
            watch.OnHead();
            await PassOnAsync(w, r, response, upgrade, watch).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is not AbortHandlerException)
        {
            return await EndAsync(w, r, destination, watch, content, exception, isLast).ConfigureAwait(false);
        }
        finally
        {
            destination.Leave();
            if (content is { Ended.IsCompleted: false })
            {
                // The response has ended before the request has: nothing may read the body when the handler has returned.
                watch.Cancel();
                content.Stop();
                await content.Ended.ConfigureAwait(false);
            }
        }
    }

    /// <summary>Answers a request that has no response to pass on.</summary>
    public async Task FailAsync(ResponseWriter w, Request r, ReverseProxyException failure)
    {
        options.Logger?.NotPassedOn(failure.InnerException, r.Name, failure.StatusCode, failure.Message);
        if (options.ErrorHandler is { } handler)
        {
            await handler(w, r, failure).ConfigureAwait(false);
            return;
        }
        w.Error(failure.StatusCode switch { 400 => "Bad Request", 501 => "Not Implemented", 504 => "Gateway Timeout", _ => "Bad Gateway" }, failure.StatusCode);
    }

    private async Task PassOnAsync(ResponseWriter w, Request r, HttpResponseMessage response, Upgrade? upgrade, BackendWatch watch)
    {
        var isSwitched = response.StatusCode == System.Net.HttpStatusCode.SwitchingProtocols;
        if (isSwitched && upgrade?.IsAnsweredBy(response) != true) throw new ReverseProxyException(502, "The destination changed to a protocol that was not asked for.");
        options.ModifyResponse?.Invoke(response, r);
        if (isSwitched)
        {
            await upgrade!.RunAsync(w, response).ConfigureAwait(false);
            return;
        }
        var incoming = new IncomingResponse(options, w, response);
        incoming.CopyHead();
        watch.IsPassingOn = true;
        if (r.Method != "HEAD" && (int)response.StatusCode is not (204 or 205 or 304)) await incoming.CopyBodyAsync(watch).ConfigureAwait(false);
    }

    /// <summary>The exchange failed. False if another destination may be tried.</summary>
    private async ValueTask<bool> EndAsync(ResponseWriter w, Request r, Destination destination, BackendWatch watch, RequestContent? content, Exception exception, bool isLast)
    {
        if (r.Cancellation.IsCancellationRequested)
        {
            GiveUp(w); // nobody is there to be answered
            return true;
        }
        if (w.HasStarted || watch.IsPassingOn)
        {
            options.Logger?.CutShort(exception, r.Name, destination.Url);
            GiveUp(w);
            return true;
        }
        // The client's fault, and what it is answered is the server's to say: 400, 408 or 413.
        if (content?.Failure is { } failure) ExceptionDispatchInfo.Throw(failure);

        if (IsUnconnected(exception) && content is not { HasBegun: true } && !watch.HasTimedOut)
        {
            if (options.FailurePeriod > TimeSpan.Zero)
            {
                destination.LeaveOut(Environment.TickCount64 + (long)options.FailurePeriod.TotalMilliseconds);
                if (!isLast) options.Logger?.LeftOut(destination.Url, (long)options.FailurePeriod.TotalMilliseconds);
            }
            if (!isLast) return false;
        }
        await FailAsync(w, r, Explain(exception, watch)).ConfigureAwait(false);
        return true;
    }

    private static ReverseProxyException Explain(Exception exception, BackendWatch watch) => exception switch
    {
        ReverseProxyException failure => failure,
        _ when watch.HasTimedOut => new(504, "The destination did not answer in time.", exception),
        OperationCanceledException => new(504, "The destination could not be connected to in time.", exception),
        HttpRequestException => new(502, "The destination could not be asked.", exception),
        _ => new(502, "The destination's response could not be passed on.", exception),
    };

    /// <summary>Nothing of the request can have been read: there was no connection. .NET's client says a connect that took too long as a cancellation of its own.</summary>
    private static bool IsUnconnected(Exception exception) => exception
        is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError }
        or OperationCanceledException { InnerException: TimeoutException };

    private static void GiveUp(ResponseWriter w)
    {
        try
        {
            w.Abort();
        }
        catch (InvalidOperationException)
        {
            // Taken over by a tunnel: its connection was closed.
        }
    }
}
