using System.Security.Authentication;
using Endless.Http.Connections;
using Endless.Http.Settings;
using Endless.Http.Tls;

namespace Endless.Http;

public sealed partial class EndlessServer
{
    /// <summary>Used when nothing else limits a handshake. Kestrel's <c>HandshakeTimeout</c>; Go has no limit then.</summary>
    private static readonly TimeSpan DefaultHandshakeTimeout = TimeSpan.FromSeconds(10);

    private TlsContext? _tls;
    private TlsOptions? _tlsOptions;

    /// <summary>How often the certificates' files are looked at: new connections get a new one within a second.</summary>
    internal TimeSpan CertificateWatchInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How the server speaks TLS, once started by <c>ListenAndServeTLS</c>. Go's <c>Server.TLSConfig</c>.</summary>
    public TlsOptions TlsOptions
    {
        // Made when it is first asked for: a server in the clear does not load the cryptography, 1.5 MB and some of its start.
        get => _tlsOptions ??= new();
        set => _tlsOptions = Allowed.NotNull(value);
    }

    /// <summary>The certificates that new connections get now, and when they expire; empty before the server listens, and without TLS.</summary>
    public IReadOnlyList<TlsCertificateInfo> Certificates => _tls?.Certificates.Infos ?? [];

    /// <summary>A certificate was loaded anew and new connections get it; those there are go on under the old one. Raised on a thread of the runtime's pool, or by <see cref="ReloadCertificates"/>.</summary>
    public event Action<TlsCertificateInfo>? CertificateReloaded;

    /// <summary>Listens, serves over TLS, and returns when the server has stopped and its connections are done. Blocks the calling thread. Go's and endless's <c>ListenAndServeTLS</c>.</summary>
    /// <remarks>The files are watched: a new certificate is used for new connections within a second of being there whole, without a restart.</remarks>
    /// <param name="certFile">The certificate's file, see <see cref="TlsCertificate.FromFile"/>; null or empty if <see cref="TlsOptions"/> names the certificates.</param>
    /// <param name="keyFile">The private key's file; null or empty if <paramref name="certFile"/> holds the key too.</param>
    /// <exception cref="TlsCertificateException">A certificate cannot be used: missing, unreadable, mismatched, expired, ...; the message names the file and the reason.</exception>
    /// <exception cref="ArgumentException">There is no certificate, or <see cref="TlsOptions"/> asks for what there is not.</exception>
    /// <inheritdoc cref="ListenAndServe()" path="/exception"/>
    public void ListenAndServeTLS(string? certFile = null, string? keyFile = null) => ListenAndServeTLSAsync(certFile, keyFile).GetAwaiter().GetResult();

    /// <summary>Listens, serves over TLS, and completes when the server has stopped and its connections are done. A stop is no error.</summary>
    /// <param name="certFile">The certificate's file, see <see cref="TlsCertificate.FromFile"/>; null or empty if <see cref="TlsOptions"/> names the certificates.</param>
    /// <param name="keyFile">The private key's file; null or empty if <paramref name="certFile"/> holds the key too.</param>
    /// <param name="cancellationToken">Stops the server as <see cref="ShutdownAsync"/> does; the task still completes normally, once the connections are done.</param>
    /// <inheritdoc cref="ListenAndServeTLS(string?, string?)" path="/exception"/>
    public Task ListenAndServeTLSAsync(string? certFile = null, string? keyFile = null, CancellationToken cancellationToken = default) =>
        ServeAsync(() => CreateTls(certFile, keyFile), cancellationToken);

    /// <summary>
    /// Loads every certificate from its files now, changed or not. False if one could not be loaded; the log says why, and its old one stays.
    /// Not needed after a change of the files: the server sees that. Any thread; without TLS it does nothing.
    /// </summary>
    public bool ReloadCertificates() => _tls?.Certificates.Renew(force: true) ?? true;

    private TlsContext CreateTls(string? certFile, string? keyFile)
    {
        var certificate = string.IsNullOrEmpty(certFile) ? null : TlsCertificate.FromFile(certFile, keyFile);
        var tls = new TlsContext(TlsOptions, certificate, CertificateWatchInterval, Log);
        tls.Certificates.Renewed = info => CertificateReloaded?.Invoke(info);
        return tls;
    }

    private IConnectionHandler CreateHandler()
    {
        var handler = new ConnectionHandler(this);
        return _tls == null ? handler : new TlsConnectionHandler(handler, _tls, HandshakeTimeout(), DrainGraceMilliseconds, OnHandshake, _generation.Figures.Budget, Log);
    }

    private void OnHandshake(Connections.Connection connection, TimeSpan duration, bool succeeded) => _generation.Figures.TlsHandshakes.Record(
        duration,
        new("result", succeeded ? "ok" : "failed"),
        new("tls.protocol.version", succeeded ? connection.Tls?.Version switch
        {
            SslProtocols.Tls12 => "1.2",
            SslProtocols.Tls13 => "1.3",
            _ => "",
        } : ""));

    /// <summary>The smallest positive of the three limits, as Go's <c>tlsHandshakeTimeout</c> has it, unless one is set for handshakes alone.</summary>
    private long HandshakeTimeout()
    {
        if (TlsOptions.HandshakeTimeout != TimeSpan.Zero) return Milliseconds(TlsOptions.HandshakeTimeout);
        var limits = new[] { ReadHeaderTimeout, ReadTimeout, WriteTimeout }.Where(limit => limit > TimeSpan.Zero);
        return Milliseconds(limits.DefaultIfEmpty(DefaultHandshakeTimeout).Min());
    }
}
