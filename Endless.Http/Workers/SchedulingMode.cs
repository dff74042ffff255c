namespace Endless.Http;

/// <summary>On which threads a server calls its handlers.</summary>
public enum SchedulingMode
{
    /// <summary>
    /// On the event loops, until a handler is seen to block its thread there; from then on it is called on worker threads, as many as are needed. A mux's routes are
    /// judged each by itself. The default: as quick as <see cref="Inline"/> and as safe as Go's goroutines.
    /// </summary>
    Auto,

    /// <summary>
    /// Always on event loops, which are the server's own. For handlers that are known not to block: one that does holds up this server's other requests, for about
    /// 15 ms each time, until its loop is given another thread. That is logged once; other servers of the process do not notice.
    /// </summary>
    Inline,

    /// <summary>Always on .NET's thread pool, as ASP.NET Core calls them. For code that wants to share that pool's limits; a hop between threads for each request is its price.</summary>
    ThreadPool,
}
