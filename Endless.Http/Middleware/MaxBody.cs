namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Bounds what handlers read of a request's body (Go's <c>http.MaxBytesHandler</c>): more is answered with 413, and the connection closes. A handler, or one of these further in, may set another bound
    /// (<see cref="Request.MaxBodyBytes"/>) before the first read, which then holds; <see cref="EndlessServer.MaxRequestBodyBytes"/> is for what nobody may exceed.
    /// </summary>
    /// <param name="bytes">0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static MiddlewareFunc MaxBody(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return next => Handler.From((ResponseWriter w, Request r) =>
        {
            r.MaxBodyBytes = bytes;
            return next.ServeHttpAsync(w, r);
        });
    }
}
