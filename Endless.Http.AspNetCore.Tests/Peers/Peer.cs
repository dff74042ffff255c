using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>An application on one of the servers that are compared.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private Peer(ServerKind kind, WebApplication application, PeerLog log)
    {
        Kind = kind;
        _application = application;
        Log = log;
    }

    public ServerKind Kind { get; }

    public PeerLog Log { get; }

    public IServiceProvider Services => _application.Services;

    /// <summary>Where it speaks HTTP/1.1 in the clear.</summary>
    public IPEndPoint Http1 { get; private set; } = null!;

    /// <summary>Where it speaks HTTP/2 in the clear to clients that know it does.</summary>
    public IPEndPoint Http2 { get; private set; } = null!;

    /// <summary>Where it speaks both over TLS; null where it has no certificate.</summary>
    public IPEndPoint? Https { get; private set; }

    public static async Task<Peer> StartAsync(ServerKind kind, Action<WebApplicationBuilder>? configure, Action<WebApplication> build, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            EnvironmentName = "Production",
            ContentRootPath = AppContext.BaseDirectory,
            // Each host would hold an inotify instance, of which a user has 128.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        var log = new PeerLog();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Warning);
        if (kind == ServerKind.Kestrel)
        {
            builder.WebHost.ConfigureKestrel(options =>
            {
                // Endless.Http names itself only where it is told to.
                options.AddServerHeader = false;
                options.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1);
                options.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2);
                if (certificate is not null) options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(SpeakTls));
            });
        }
        else if (certificate is null)
        {
            builder.WebHost.UseUrls("http://127.0.0.1:0").UseEndless();
        }
        else
        {
            builder.WebHost.UseEndless(options =>
            {
                options.Listen(IPAddress.Loopback, 0);
                options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(SpeakTls));
            });
        }
        configure?.Invoke(builder);
        var peer = new Peer(kind, builder.Build(), log);
        build(peer._application);
        await peer._application.StartAsync();
        var endpoints = peer._application.Urls.ToLookup(static url => new Uri(url).Scheme, static url => IPEndPoint.Parse(new Uri(url).Authority));
        peer.Http1 = endpoints["http"].First();
        peer.Http2 = endpoints["http"].Last();
        peer.Https = endpoints["https"].SingleOrDefault();
        return peer;

        void SpeakTls(HttpsConnectionAdapterOptions https)
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode.AllowCertificate;
            https.AllowAnyClientCertificate();
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _application.StopAsync(hurry.Token);
        await _application.DisposeAsync();
    }
}
