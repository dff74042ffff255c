namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Writes a line for each request to an access log, when its response is over: with the status that the client was answered, be it the server's own 500. It sees what comes to it: not what the server refuses before it calls
    /// a handler (a malformed head, one that is too large), which the server's log and its metrics have. Behind <see cref="RequestId"/> and what tells the client's address from a proxy's, and before all else.
    /// </summary>
    /// <param name="log">Where the lines go; one for as many servers and handlers as there are.</param>
    public static MiddlewareFunc AccessLog(AccessLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return next => new AccessLogHandler(next, log);
    }
}
