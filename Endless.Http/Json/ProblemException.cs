namespace Endless.Http;

/// <summary>
/// Thrown by a handler, or by what it calls, to have the request answered with a problem: <c>throw new ProblemException(new ProblemDetails(409, "The order was sent already."))</c>. The middleware
/// <c>Middleware.Recover</c> sends it as it is; without that the server answers status and detail in plain text.
/// </summary>
public class ProblemException : HttpErrorException
{
    /// <summary>An answer of a problem.</summary>
    /// <param name="problem">What is answered. It goes to the client.</param>
    /// <param name="innerException">What led to it; the client sees nothing of it. Null if nothing did.</param>
    public ProblemException(ProblemDetails problem, Exception? innerException = null)
        : base((problem ?? throw new ArgumentNullException(nameof(problem))).Status, problem.Detail ?? problem.SentTitle ?? "", innerException) => Problem = problem;

    /// <summary>What is answered.</summary>
    public ProblemDetails Problem { get; }
}
