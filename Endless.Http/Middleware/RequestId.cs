namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Gives each request an identifier by which it is found in the logs: in the response's <c>X-Request-Id</c>, in <see cref="Request.Values"/> (<see cref="RequestIds.RequestId"/>), in the request's own
    /// field for handlers that pass it on, in what <see cref="Recover"/> answers, in the access log, and as <c>RequestId</c> in the scope of the server's logger. A client's own is taken over only where
    /// <see cref="RequestIdOptions.Trust"/> says so. The first of all middleware.
    /// </summary>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">The field's name is no token.</exception>
    public static MiddlewareFunc RequestId(RequestIdOptions? options = null)
    {
        options ??= new RequestIdOptions();
        _ = new Header { [options.Header] = "" }; // refused here, and not with each request
        var source = new RequestIdSource();
        return next => new RequestIdHandler(next, source, options.Header, options.Trust);
    }
}
