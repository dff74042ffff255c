namespace Endless.Http;

/// <summary>Why a <see cref="ReverseProxy"/> has no response to pass on. For <see cref="ReverseProxyOptions.ErrorHandler"/>.</summary>
public sealed class ReverseProxyException : Exception
{
    internal ReverseProxyException(int statusCode, string message, Exception? innerException = null) : base(message, innerException) => StatusCode = statusCode;

    /// <summary>What the client is answered: 502 (Bad Gateway), 504 (Gateway Timeout), or 400 and 501 for a request that is not passed on.</summary>
    public int StatusCode { get; }
}
