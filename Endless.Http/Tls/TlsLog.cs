using Microsoft.Extensions.Logging;

namespace Endless.Http.Tls;

/// <summary>What the TLS layer logs. Nothing a client does is above debug, and nothing a client says is in it.</summary>
internal static partial class TlsLog
{
    [LoggerMessage(500, LogLevel.Debug, "TLS handshake failed on connection #{Id}: {Reason}")]
    public static partial void HandshakeFailed(ILogger logger, long id, string reason);

    [LoggerMessage(501, LogLevel.Debug, "TLS failed on connection #{Id}: {Reason}")]
    public static partial void Broken(ILogger logger, long id, string reason);

    [LoggerMessage(502, LogLevel.Error, "The validation of a client certificate threw an exception; the client is refused.")]
    public static partial void ValidationFailed(ILogger logger, Exception exception);

    [LoggerMessage(503, LogLevel.Information, "TLS certificate reloaded: {Source}, {Subject}, valid until {NotAfter:u}.")]
    public static partial void Reloaded(ILogger logger, string source, string subject, DateTimeOffset notAfter);

    [LoggerMessage(504, LogLevel.Warning, "TLS certificate not reloaded, the old one stays: {Reason}")]
    public static partial void NotReloaded(ILogger logger, string reason);

    [LoggerMessage(505, LogLevel.Warning, "TLS certificate expires within {Days} days: {Source}, {Subject}, at {NotAfter:u}.")]
    public static partial void ExpiresSoon(ILogger logger, int days, string source, string subject, DateTimeOffset notAfter);

    [LoggerMessage(506, LogLevel.Error, "TLS certificate has expired: {Source}, {Subject}, at {NotAfter:u}. Clients will refuse it.")]
    public static partial void Expired(ILogger logger, string source, string subject, DateTimeOffset notAfter);

    [LoggerMessage(507, LogLevel.Error, "A CertificateReloaded callback threw an exception.")]
    public static partial void CallbackFailed(ILogger logger, Exception exception);

    [LoggerMessage(508, LogLevel.Warning, "TLS certificate is not valid yet: {Source}, {Subject}, from {NotBefore:u}. Clients will refuse it until then. Is the clock right?")]
    public static partial void NotValidYet(ILogger logger, string source, string subject, DateTimeOffset notBefore);

    [LoggerMessage(509, LogLevel.Warning, "Everybody on this machine may read or write the TLS private key in {File} (mode {Mode}): take that away with chmod o-rw.")]
    public static partial void KeyIsOpenToAll(ILogger logger, string file, string mode);

    /// <summary>The cause, which SslStream wraps: OpenSSL's words, or the runtime's.</summary>
    public static string Reason(Exception exception) =>
        exception.InnerException is { } cause ? $"{exception.Message} {cause.Message}" : exception.Message;
}
