namespace Endless.Http;

/// <summary>Answers requests. Mirrors Go's <c>http.Handler</c>.</summary>
public interface IHandler
{
    /// <summary>
    /// Answers one request. The response is complete when the returned task is. Called concurrently for different requests.
    /// </summary>
    /// <param name="w">Where the answer goes; it throws once the returned task has completed.</param>
    /// <param name="r">The request; its header and body throw once the returned task has completed.</param>
    /// <remarks>
    /// An exception is logged and costs this request only: a 500 if nothing was sent yet, else the connection is closed so that the
    /// client sees the answer is incomplete. <see cref="AbortHandlerException"/> does the same silently.
    /// </remarks>
    Task ServeHttpAsync(ResponseWriter w, Request r);
}
