namespace Endless.Http;

/// <summary>
/// A request's body could not be read to its end: the client went away, was too slow, or broke the framing. A handler need not catch it:
/// the server then answers with <see cref="StatusCode"/> if nothing was sent yet, and closes the connection.
/// </summary>
public class RequestBodyException : IOException
{
    internal RequestBodyException(int statusCode, string message) : base(message) => StatusCode = statusCode;

    /// <summary>What the server answers: 400, 408, 413 or 431.</summary>
    public int StatusCode { get; }
}
