using System.Security.Authentication;
using Endless.Http.Connections;
using Endless.Http.Generations;
using Endless.Http.Tls;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Server;

/// <summary>TLS of one server: its certificates, and the layer that it puts under its connections.</summary>
internal sealed class ServerTls : IDisposable
{
    /// <summary>Used when nothing else limits a handshake. Kestrel's <c>HandshakeTimeout</c>; Go has no limit then.</summary>
    private static readonly TimeSpan DefaultHandshakeTimeout = TimeSpan.FromSeconds(10);

    private readonly TlsContext _context;

    /// <summary>Loads the certificates.</summary>
    /// <param name="options">How TLS is spoken.</param>
    /// <param name="certFile">The certificate's file; null or empty where the options name the certificates.</param>
    /// <param name="keyFile">The private key's file; null or empty where the certificate's holds it.</param>
    /// <param name="watchInterval">How often the files are looked at.</param>
    /// <param name="reloaded">Told of each certificate that was loaded anew.</param>
    /// <param name="logger">The server's.</param>
    public ServerTls(TlsOptions options, string? certFile, string? keyFile, TimeSpan watchInterval, Action<TlsCertificateInfo> reloaded, ILogger logger)
    {
        _context = new TlsContext(options, string.IsNullOrEmpty(certFile) ? null : TlsCertificate.FromFile(certFile, keyFile), watchInterval, logger);
        Certificates.Renewed = reloaded;
    }

    /// <summary>Its certificates.</summary>
    public CertificateStore Certificates => _context.Certificates;

    /// <summary>TLS between a listener and a handler.</summary>
    public IConnectionHandler Wrap(IConnectionHandler handler, EndlessServer server, GenerationFigures figures, ILogger logger)
    {
        return new TlsConnectionHandler(handler, _context, HandshakeTimeout(server), SettingsSnapshot.DrainGraceOf(server), OnHandshake, figures.Budget, logger)
        {
            HandshakeBegan = server.ConnectionWatch is { } watch ? watch.HandshakeBegan : null,
        };

        void OnHandshake(Connection connection, TimeSpan duration, bool succeeded)
        {
            Record(figures, connection, duration, succeeded);
            server.ConnectionWatch?.HandshakeEnded(connection, duration, succeeded);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _context.Dispose();

    private static void Record(GenerationFigures figures, Connection connection, TimeSpan duration, bool succeeded) => figures.TlsHandshakes.Record(
        duration,
        new("result", succeeded ? "ok" : "failed"),
        new("tls.protocol.version", succeeded ? connection.Tls?.Version switch
        {
            SslProtocols.Tls12 => "1.2",
            SslProtocols.Tls13 => "1.3",
            _ => "",
        } : ""));

    /// <summary>The smallest positive of the three limits, as Go's <c>tlsHandshakeTimeout</c> has it, unless one is set for handshakes alone.</summary>
    private static long HandshakeTimeout(EndlessServer server)
    {
        if (server.TlsOptions.HandshakeTimeout != TimeSpan.Zero) return SettingsSnapshot.Milliseconds(server.TlsOptions.HandshakeTimeout);
        var limits = new[] { server.ReadHeaderTimeout, server.ReadTimeout, server.WriteTimeout }.Where(limit => limit > TimeSpan.Zero);
        return SettingsSnapshot.Milliseconds(limits.DefaultIfEmpty(DefaultHandshakeTimeout).Min());
    }
}
