using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tls;

/// <summary>What a server's TLS connections share: settings, certificates, and the watch over them. Thread-safe.</summary>
internal sealed class TlsContext : IDisposable
{
    private readonly ServerOptionsSelectionCallback _select;
    private readonly CertificateWatcher _watcher;

    /// <summary>Loads the certificates and begins to watch their files.</summary>
    /// <param name="options">How TLS is spoken.</param>
    /// <param name="certificate">Takes the place of the options' own; null for those.</param>
    /// <param name="watchInterval">How often the files are looked at.</param>
    /// <param name="logger">Where reloads and what is wrong with certificates go.</param>
    /// <inheritdoc cref="CertificateStore(TlsOptions, TlsCertificate?, HandshakeSettings, ILogger, TimeProvider)" path="/exception"/>
    public TlsContext(TlsOptions options, TlsCertificate? certificate, TimeSpan watchInterval, ILogger logger)
    {
        var settings = new HandshakeSettings(options, logger);
        RefusesWeakCipherSuites = settings.RefusesWeakCipherSuites;
        Certificates = new CertificateStore(options, certificate ?? options.Certificate, settings, logger, TimeProvider.System);
        _select = Select;
        _watcher = new CertificateWatcher(Certificates, watchInterval);
    }

    /// <summary>The certificates.</summary>
    public CertificateStore Certificates { get; }

    /// <inheritdoc cref="HandshakeSettings.RefusesWeakCipherSuites"/>
    public bool RefusesWeakCipherSuites { get; }

    /// <summary>SslStream's part of a handshake, with the certificate that is right at its start.</summary>
    public Task AuthenticateAsync(SslStream ssl) => Certificates.IsNameless
        ? ssl.AuthenticateAsServerAsync(Certificates.Find("")!.Authentication)
        : ssl.AuthenticateAsServerAsync(_select, null);

    /// <summary>Ends the watch.</summary>
    public void Dispose() => _watcher.Dispose();

    private ValueTask<SslServerAuthenticationOptions> Select(SslStream stream, SslClientHelloInfo hello, object? state, CancellationToken token) =>
        Certificates.Find(hello.ServerName) is { } certificate
            ? new(certificate.Authentication)
            : throw new NoCertificateException(hello.ServerName);
}
