namespace Endless.Http;

/// <summary>
/// A request's body is larger than the handler or the server allows. Unless caught, it is answered with 413, and the connection closes.
/// Mirrors Go's <c>http.MaxBytesError</c>.
/// </summary>
public sealed class MaxBytesException : RequestBodyException
{
    internal MaxBytesException(long limit) : base(413, $"The request's body is larger than {limit} bytes.") => Limit = limit;

    /// <summary>The limit, in bytes.</summary>
    public long Limit { get; }
}
