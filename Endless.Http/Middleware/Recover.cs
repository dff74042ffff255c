namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Answers for handlers that fail, in a form that the client reads: problem details (RFC 9457), or plain text where its Accept prefers that. A <see cref="ProblemException"/> is answered with its problem, an
    /// <see cref="HttpErrorException"/> and a body that cannot be read with their status and reason, anything else with a 500 that says nothing of it, and is logged once, with the route. Where the response has begun, the exception
    /// goes on to the server, which cuts the response off; an <see cref="AbortHandlerException"/> does so always. On a developer's own machine the answer has the stack trace: see
    /// <see cref="RecoverOptions.ShowDetails"/>. The first of all middleware but what gives requests their identifiers and logs them.
    /// </summary>
    /// <param name="options">Null for the defaults.</param>
    public static MiddlewareFunc Recover(RecoverOptions? options = null)
    {
        var recovery = new Recovery(options ?? new RecoverOptions());
        return next => new RecoverHandler(next, recovery);
    }
}
