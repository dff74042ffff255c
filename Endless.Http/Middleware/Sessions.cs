using Endless.Http.Sessions;

namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Gives handlers <c>r.Session()</c>: what the server remembers of a client, in a cookie that is encrypted or in <see cref="SessionOptions.Store"/>. It is loaded when a handler asks, and saved just before the
    /// head of the response is fixed, if it was changed or its time is to be extended; a request that does not ask costs two small objects.
    /// </summary>
    /// <param name="options">Null for the defaults: encrypted in the cookie <c>__Host-session</c>, for an hour without a request and a day in all.</param>
    /// <exception cref="ArgumentException">The cookie is one that browsers would drop.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A time or a size is out of range.</exception>
    public static MiddlewareFunc Sessions(SessionOptions? options = null) => Sessions(options ?? new SessionOptions(), TimeProvider.System);

    internal static MiddlewareFunc Sessions(SessionOptions options, TimeProvider time)
    {
        var manager = new SessionManager(options, time);
        return next =>
        {
            ArgumentNullException.ThrowIfNull(next);
            return new SessionHandler(manager, next);
        };
    }

    private sealed class SessionHandler(SessionManager manager, IHandler next) : IHandler
    {
        public Task ServeHttpAsync(ResponseWriter w, Request r)
        {
            r.Keep(new SessionAccess(manager, w, r));
            return next.ServeHttpAsync(w, r);
        }
    }
}
