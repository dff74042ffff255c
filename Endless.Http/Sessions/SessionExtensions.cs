using Endless.Http.Loops;
using Endless.Http.Sessions;

namespace Endless.Http;

/// <summary>The session of a request.</summary>
public static class SessionExtensions
{
    /// <summary>The session of the client, loaded when first asked for; the same object for the whole request. Waits, and blocks its thread, where <see cref="SessionOptions.Store"/> does.</summary>
    /// <exception cref="InvalidOperationException">There is no <c>Middleware.Sessions</c> around the handler.</exception>
    public static Session Session(this Request request)
    {
        var load = request.SessionAsync();
        return load.IsCompletedSuccessfully ? load.Result : BlockingWait.Wait(load);
    }

    /// <summary>The same without blocking a thread.</summary>
    /// <inheritdoc cref="Session(Request)"/>
    public static ValueTask<Session> SessionAsync(this Request request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Kept<SessionAccess>() is { } access ? access.GetAsync()
            : throw new InvalidOperationException("The request has no session: put Middleware.Sessions() around the handler, as in mux.Use(Middleware.Sessions()).");
    }
}
