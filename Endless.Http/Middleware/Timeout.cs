namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Answers 503 in a handler's place when it has not begun its response in time (Go's <c>http.TimeoutHandler</c>): <see cref="Request.Cancellation"/> of what it was given fires, what it writes later is
    /// refused with <see cref="TimeoutException"/>, and nothing of it reaches the client. Also where it blocks its thread.
    /// </summary>
    /// <remarks>
    /// <para>Up to 64 KiB are held in memory until the handler returns. One that flushes or writes more has begun its response: it streams, and is no longer timed, unlike in Go, which would hold an event
    /// stream for ever. <see cref="ResponseWriter.Hijack"/> ends the time too. Interim responses are not sent.</para>
    /// <para>The request is over when 503 was answered: a handler that still waits must end by the cancellation, and what it uses of the request then throws.</para>
    /// </remarks>
    /// <param name="time">Above zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative, or longer than 49 days.</exception>
    public static MiddlewareFunc Timeout(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, TimeSpan.FromMilliseconds(uint.MaxValue - 1));
        return next => new TimeoutHandler(next, time);
    }
}
