using System.Security.Authentication;

namespace Endless.Http.Tls;

/// <summary>Ends a handshake in which the server has no certificate for its client. SslStream's callback has no other way to say so.</summary>
internal sealed class NoCertificateException(string serverName) : AuthenticationException("There is no certificate for the name the client asks for.")
{
    /// <summary>What the client is told: that nobody has the name (RFC 6066 section 3), or that it has to name one (RFC 8446 section 9.2).</summary>
    public byte Alert { get; } = serverName.Length > 0 ? TlsAlert.UnrecognizedName : TlsAlert.MissingExtension;
}
