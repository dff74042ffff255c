using System.Net;
using System.Security.Cryptography.X509Certificates;
using Endless.Http.AspNetCore.Configuration;
using Endless.Http.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Endless.Http.AspNetCore;

/// <summary>How one endpoint is served. Kestrel's <c>ListenOptions</c>. Not thread-safe.</summary>
public sealed class EndlessListenOptions
{
    private readonly ListenPlace _place;
    private readonly string? _contentRoot;
    private readonly List<Action<TlsOptions>> _tls = [];

    internal EndlessListenOptions(ListenPlace place, string? contentRoot)
    {
        _place = place;
        _contentRoot = contentRoot;
    }

    /// <summary>The address and port; of localhost that of IPv4. Null for a UNIX socket and for one of the service manager's.</summary>
    public IPEndPoint? IPEndPoint => _place.EndPoint;

    /// <summary>The path of a UNIX socket; null for another place.</summary>
    public string? SocketPath => _place.SocketPath;

    /// <summary>
    /// What is spoken. Default <see cref="HttpProtocols.Http1AndHttp2"/>: with TLS by ALPN, and in the clear both as well, by the client's first bytes, where Kestrel speaks HTTP/1.1 alone. HTTP/3 is not spoken: with
    /// <see cref="HttpProtocols.Http1AndHttp2AndHttp3"/> the log says so, and <see cref="HttpProtocols.Http3"/> alone is refused.
    /// </summary>
    public HttpProtocols Protocols
    {
        get;
        set => field = value is HttpProtocols.Http1 or HttpProtocols.Http2 or HttpProtocols.Http1AndHttp2 or HttpProtocols.Http1AndHttp2AndHttp3
            ? value
            : throw Allowed.Refused(nameof(Protocols), value, "Http1, Http2 or Http1AndHttp2");
    } = HttpProtocols.Http1AndHttp2;

    /// <summary>TLS is spoken.</summary>
    public bool IsTls { get; private set; }

    /// <summary>Where.</summary>
    internal ListenPlace Place => _place;

    /// <summary>What is said of TLS at this endpoint alone, in order; empty for nothing.</summary>
    internal IReadOnlyList<Action<TlsOptions>> TlsSettings => _tls;

    /// <summary>Speaks TLS with the default certificate: of <c>Certificates:Default</c> in the configuration, else the one that <c>dotnet dev-certs https</c> made.</summary>
    public EndlessListenOptions UseHttps()
    {
        IsTls = true;
        return this;
    }

    /// <summary>Speaks TLS with a certificate in a file, which is watched: a new one is used for new connections within a second.</summary>
    /// <param name="fileName">PFX, or PEM with its key; from the application's content root.</param>
    /// <param name="password">Opens it; null for none.</param>
    public EndlessListenOptions UseHttps(string fileName, string? password = null)
    {
        var certificate = TlsCertificate.FromFile(Path.Combine(_contentRoot ?? "", fileName), password: password);
        return UseHttps(certificate);
    }

    /// <inheritdoc cref="UseHttps(string, string?)"/>
    /// <param name="fileName">PFX, or PEM with its key; from the application's content root.</param>
    /// <param name="password">Opens it; null for none.</param>
    /// <param name="configure">Says more.</param>
    public EndlessListenOptions UseHttps(string fileName, string? password, Action<HttpsConnectionAdapterOptions> configure) => UseHttps(fileName, password).UseHttps(configure);

    /// <summary>Speaks TLS with a certificate that the program loaded.</summary>
    /// <param name="serverCertificate">With its private key; it must stay undisposed.</param>
    public EndlessListenOptions UseHttps(X509Certificate2 serverCertificate) => UseHttps(TlsCertificate.From(serverCertificate));

    /// <inheritdoc cref="UseHttps(X509Certificate2)"/>
    /// <param name="serverCertificate">With its private key; it must stay undisposed.</param>
    /// <param name="configure">Says more.</param>
    public EndlessListenOptions UseHttps(X509Certificate2 serverCertificate, Action<HttpsConnectionAdapterOptions> configure) => UseHttps(serverCertificate).UseHttps(configure);

    /// <summary>Speaks TLS with a certificate of the user's or the machine's store.</summary>
    /// <param name="storeName">Which store.</param>
    /// <param name="subject">What the certificate's subject holds.</param>
    /// <param name="allowInvalid">Whether one will do that is not valid, such as a self-signed one.</param>
    /// <param name="location">Whose store.</param>
    /// <exception cref="InvalidOperationException">There is no such certificate.</exception>
    public EndlessListenOptions UseHttps(StoreName storeName, string subject, bool allowInvalid = false, StoreLocation location = StoreLocation.CurrentUser) =>
        UseHttps(StoredCertificate.Find(storeName.ToString(), location, subject, allowInvalid));

    /// <summary>Speaks TLS with a certificate from anywhere.</summary>
    public EndlessListenOptions UseHttps(TlsCertificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return ConfigureTls(tls => tls.Certificate = certificate);
    }

    /// <summary>Speaks TLS as Kestrel's options say. Refused when the server starts: what Endless.Http's TLS has in another way (<c>ServerCertificateSelector</c>, <c>OnAuthenticate</c>, ...), with the name of that way.</summary>
    public EndlessListenOptions UseHttps(Action<HttpsConnectionAdapterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return ConfigureTls(tls =>
        {
            var https = new HttpsConnectionAdapterOptions();
            configure(https);
            HttpsMapping.Apply(https, tls);
        });
    }

    /// <summary>Speaks TLS as Kestrel's options say.</summary>
    /// <inheritdoc cref="UseHttps(Action{HttpsConnectionAdapterOptions})"/>
    public EndlessListenOptions UseHttps(HttpsConnectionAdapterOptions httpsOptions)
    {
        ArgumentNullException.ThrowIfNull(httpsOptions);
        return ConfigureTls(tls => HttpsMapping.Apply(httpsOptions, tls));
    }

    /// <summary>Speaks TLS as Endless.Http's own options say: certificates by host name, cipher suites, authorities of client certificates, ...</summary>
    public EndlessListenOptions ConfigureTls(Action<TlsOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        IsTls = true;
        _tls.Add(configure);
        return this;
    }
}
