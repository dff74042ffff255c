namespace Endless.Http;

/// <summary>
/// Thrown by a handler to give up a request without a log entry: the connection is closed, and the client sees an incomplete answer.
/// Mirrors Go's <c>http.ErrAbortHandler</c>.
/// </summary>
public sealed class AbortHandlerException : Exception
{
    /// <summary>An abort without a reason.</summary>
    public AbortHandlerException() : base("The handler aborted the request.") { }

    /// <summary>An abort with a reason, for whoever catches it on the way.</summary>
    public AbortHandlerException(string message) : base(message) { }

    /// <summary>An abort with a reason and its cause.</summary>
    public AbortHandlerException(string message, Exception innerException) : base(message, innerException) { }
}
