namespace Endless.Http;

/// <summary>
/// Thrown by a handler, or by what it calls, to have the request answered with a status of its own: <c>throw new HttpErrorException(404, "no such order")</c>. The server answers
/// <see cref="StatusCode"/> with a line of plain text that ends in the message, logs it at Debug without a stack trace, and the connection goes on. Middleware may catch it and answer in another form.
/// </summary>
/// <remarks>
/// <para>The message goes to the client: write none that is not for its eyes. Control characters in it are sent as spaces, and of a long one the first 2 KiB are sent. Header fields that were set on the response
/// before stay (<c>WWW-Authenticate</c>, <c>Retry-After</c>), but for those that describe a body.</para>
/// <para>Where a part of the response was sent already, this is a failure like any other: it is logged as an error, and the client sees that the response is not whole.</para>
/// </remarks>
public class HttpErrorException : Exception
{
    /// <summary>An answer of a status and a reason.</summary>
    /// <param name="statusCode">400 to 599.</param>
    /// <param name="message">The reason, for the client.</param>
    /// <param name="innerException">What led to it, for middleware and the debugger; the client sees nothing of it. Null if nothing did.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is none of an error.</exception>
    public HttpErrorException(int statusCode, string message, Exception? innerException = null) : base(message ?? throw new ArgumentNullException(nameof(message)), innerException)
    {
        if (statusCode is < 400 or > 599) throw new ArgumentOutOfRangeException(nameof(statusCode), statusCode, "The status of an error is 400 to 599 (RFC 9110 section 15.5).");
        StatusCode = statusCode;
    }

    /// <summary>What the server answers: 400 to 599.</summary>
    public int StatusCode { get; }
}
