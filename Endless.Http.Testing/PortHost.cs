using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Testing;

/// <summary>Serves a handler with a server on a free port of 127.0.0.1.</summary>
internal sealed class PortHost : ITestHost
{
    private readonly EndlessServer _server;
    private readonly X509Certificate2? _certificate;

    private PortHost(EndlessServer server, X509Certificate2? certificate)
    {
        (_server, _certificate) = (server, certificate);
        Url = new Uri($"{(certificate is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)server.LocalEndPoint!).Port}/");
    }

    public Uri Url { get; }

    /// <summary>Starts, and accepts when the task completes.</summary>
    public static async Task<PortHost> StartAsync(IHandler handler, X509Certificate2? certificate, ILogger? logger)
    {
        var server = EndlessServer.NewServer("127.0.0.1:0", handler);
        server.HammerTime = TimeSpan.FromSeconds(10);
        if (logger is not null) server.Logger = logger;
        if (certificate is not null) server.TlsOptions.Certificate = TlsCertificate.From(certificate);
        await (certificate is null ? server.StartAsync() : server.StartTLSAsync()).ConfigureAwait(false);
        return new PortHost(server, certificate);
    }

    public SocketsHttpHandler CreateConnector()
    {
        var connector = new SocketsHttpHandler();
        if (_certificate is { } certificate)
        {
            var expected = certificate.GetCertHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
            connector.SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && shown.GetCertHash(System.Security.Cryptography.HashAlgorithmName.SHA256).AsSpan().SequenceEqual(expected),
            };
        }
        return connector;
    }

    public async Task StopAsync(TimeSpan patience)
    {
        var stopping = _server.ShutdownAsync();
        if (await Task.WhenAny(stopping, Task.Delay(patience)).ConfigureAwait(false) != stopping) _server.Close();
        await _server.Completion.ConfigureAwait(false);
        _certificate?.Dispose();
    }
}
