namespace Endless.Http;

/// <summary>Has a handler called, and its request noted. The response is not wrapped, so that it costs no copy.</summary>
internal sealed class AccessLogHandler(IHandler next, AccessLog log) : IHandler
{
    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        log.Watch(w, r);
        return next.ServeHttpAsync(w, r);
    }
}
