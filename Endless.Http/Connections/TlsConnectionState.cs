using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Endless.Http.Connections;

namespace Endless.Http;

/// <summary>What client and server agreed on in the TLS handshake of a connection. Immutable. Mirrors Go's <c>tls.ConnectionState</c>.</summary>
public sealed class TlsConnectionState
{
    internal TlsConnectionState() { }

    /// <summary><see cref="SslProtocols.Tls12"/> or <see cref="SslProtocols.Tls13"/>. Go's <c>Version</c>.</summary>
    public SslProtocols Version { get; internal init; }

    /// <summary>The cipher suite, by its IANA name. Go's <c>CipherSuite</c>.</summary>
    public TlsCipherSuite CipherSuite { get; internal init; }

    /// <summary>See <see cref="StrongCipherSuites"/>.</summary>
    internal bool HasStrongCipherSuite => Version == SslProtocols.Tls13 || StrongCipherSuites.Contain(CipherSuite);

    /// <summary>What the suite consists of.</summary>
    internal CipherAlgorithms Algorithms { get; init; }

    /// <summary>The host name the client asked for (SNI, RFC 6066 section 3); empty if it named none. Go's <c>ServerName</c>.</summary>
    public string ServerName { get; internal init; } = "";

    /// <summary>The protocol agreed on by ALPN (RFC 7301): <c>h2</c>, <c>http/1.1</c>; empty if the client offered none. Go's <c>NegotiatedProtocol</c>.</summary>
    public string NegotiatedProtocol { get; internal init; } = "";

    /// <summary>The client's certificate, accepted by <see cref="TlsOptions"/>; null if it sent none. Valid as long as the connection. Go's <c>PeerCertificates[0]</c>.</summary>
    public X509Certificate2? ClientCertificate { get; internal init; }
}
