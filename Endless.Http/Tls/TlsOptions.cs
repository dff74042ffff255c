using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>How a server speaks TLS. Mirrors Go's <c>tls.Config</c>. Read when the server starts; later changes have no effect. Not thread-safe.</summary>
public sealed class TlsOptions
{
    /// <summary>
    /// The certificate for clients that name no host, or one that is not in <see cref="ServerNames"/>. The files given to
    /// <c>ListenAndServeTLS</c> take its place. If there is none, such clients are refused, with the alert <c>unrecognized_name</c> or, where they name no host, <c>missing_extension</c>.
    /// </summary>
    public TlsCertificate? Certificate { get; set; }

    /// <summary>
    /// Certificates by the host name a client asks for (SNI, RFC 6066 section 3): <c>example.com</c>, or <c>*.example.com</c> for one label
    /// in place of the star. Names compare without case; international ones are given in their ASCII form. An exact name wins.
    /// </summary>
    public IDictionary<string, TlsCertificate> ServerNames { get; } = new Dictionary<string, TlsCertificate>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Versions spoken: <see cref="SslProtocols.Tls12"/>, <see cref="SslProtocols.Tls13"/> or, by default, both. Others are refused. Go's <c>MinVersion</c>, <c>MaxVersion</c>.</summary>
    public SslProtocols Protocols
    {
        get;
        set => field = value != SslProtocols.None && (value & ~(SslProtocols.Tls12 | SslProtocols.Tls13)) == 0
            ? value
            : throw Allowed.Refused(nameof(Protocols), value, "Tls12, Tls13 or both");
    } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>
    /// Cipher suites that are spoken. Null, the default, means those of OpenSSL and .NET that have ephemeral keys and authenticated encryption (AEAD): a client that offers
    /// others only, such as TLS 1.2 with CBC, is refused. With a policy SslStream resumes no session and makes each handshake's SSL_CTX anew; over a suite that
    /// RFC 9113 appendix A prohibits, HTTP/2 ends with INADEQUATE_SECURITY. It needs suites of each version in <see cref="Protocols"/>. Go's <c>CipherSuites</c>.
    /// </summary>
    public CipherSuitesPolicy? CipherSuites { get; set; }

    /// <summary>Protocols offered by ALPN (RFC 7301), the preferred first; a client that offers only others is refused. Default <c>h2</c>, <c>http/1.1</c>. Go's <c>NextProtos</c>.</summary>
    public IList<string> ApplicationProtocols { get; } = ["h2", "http/1.1"];

    /// <summary>Whether clients are asked for a certificate. Default: they are not. Go's <c>ClientAuth</c>.</summary>
    public ClientCertificateMode ClientCertificates { get; set => field = Allowed.Member(value); }

    /// <summary>
    /// The only certificate authorities that client certificates may come from; clients are told their names. Empty, the default, means
    /// those the system trusts. Go's <c>ClientCAs</c>.
    /// </summary>
    public X509Certificate2Collection ClientAuthorities { get; } = [];

    /// <summary>
    /// Decides on a client's certificate: given the certificate, its chain and what was found wrong with it; true accepts it whatever was
    /// found. Null, the default, accepts it if nothing was. Called during the handshake on the connection's loop, so it should not block; an
    /// exception is logged and refuses the client. Go's <c>VerifyPeerCertificate</c>.
    /// </summary>
    public Func<X509Certificate2, X509Chain?, SslPolicyErrors, bool>? ClientCertificateValidation { get; set; }

    /// <summary>
    /// From the accept of a connection to the end of its handshake. Zero, the default, means the smallest positive of the server's
    /// ReadHeaderTimeout, ReadTimeout and WriteTimeout, as in Go, and 10 s if there is none; negative means no limit.
    /// </summary>
    public TimeSpan HandshakeTimeout { get; set; }

    /// <summary>
    /// Clients that come back resume their session, by a ticket or its id, and save the cost of a full handshake. True by default. Sessions
    /// end with the certificate they began under, and with the generation of the process. Go's <c>SessionTicketsDisabled</c>, reversed.
    /// </summary>
    public bool SessionResumption { get; set; } = true;

    /// <summary>
    /// The server asks the certificate's OCSP responder for its status now and then, in the background, and hands that to clients (stapling,
    /// RFC 6066 section 8). False by default: it makes the server call out to the address in its certificate.
    /// </summary>
    public bool OcspStapling { get; set; }
}
