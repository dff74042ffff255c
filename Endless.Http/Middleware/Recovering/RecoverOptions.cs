namespace Endless.Http;

/// <summary>What <see cref="Middleware.Recover"/> does. Read when the middleware is made.</summary>
public sealed class RecoverOptions
{
    /// <summary>
    /// Answers name the exception with its stack trace, a browser in a page; never to anybody but a client on this machine that asked for it by <c>localhost</c> or an address and came through no proxy
    /// (<see cref="Access.Local"/>). Null, the default: where the environment variable DOTNET_ENVIRONMENT is <c>Development</c>.
    /// </summary>
    public bool? ShowDetails { get; set; }

    /// <summary>Which exceptions of the application are what problem: <c>e => e is KeyNotFoundException ? new ProblemDetails(404) : null</c>. Null, or for an exception null, leaves it at the rest. One with a status of 500 and above is logged too.</summary>
    public Func<Exception, ProblemDetails?>? Map { get; set; }
}
