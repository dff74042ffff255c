using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Endless.Http.Budgets;
using Endless.Http.Connections;
using Endless.Http.Tests.Diagnostics;
using Endless.Http.Tests.Transport;
using Endless.Http.Tls;

namespace Endless.Http.Tests.Tls;

/// <summary>A listener whose TLS connections are served by a function, and clients for it.</summary>
internal sealed class TlsFixture : IDisposable
{
    public TlsFixture(Func<Connection, Task<ConnectionOutcome>> serve, Action<TlsOptions>? configure = null, int handshakeTimeout = -1)
    {
        var options = new TlsOptions { Certificate = TlsCertificate.From(Authority.Issue("localhost")) };
        configure?.Invoke(options);
        Context = new TlsContext(options, null, TimeSpan.FromHours(1), Log);
        Transport = new TransportFixture(serve, wrap: next => new TlsConnectionHandler(next, Context, handshakeTimeout, drainGrace: 50, null, Budget, Log));
    }

    /// <summary>Shared: making keys takes time.</summary>
    public static TestAuthority Authority { get; } = new();

    public LogRecorder Log { get; } = new();

    /// <summary>What clients may make the process hold.</summary>
    public ProcessBudget Budget { get; } = new();

    public TlsContext Context { get; }

    public TransportFixture Transport { get; }

    /// <summary>A client that has not begun its handshake.</summary>
    public async Task<SslStream> ConnectAsync() => new(new NetworkStream(await Transport.ConnectAsync(), ownsSocket: true));

    /// <summary>A client whose handshake is done.</summary>
    public async Task<SslStream> ConnectTlsAsync(Action<SslClientAuthenticationOptions>? configure = null)
    {
        var stream = await ConnectAsync();
        await stream.AuthenticateAsClientAsync(ClientOptions(configure)).WaitAsync(TransportFixture.Deadline);
        return stream;
    }

    public static SslClientAuthenticationOptions ClientOptions(Action<SslClientAuthenticationOptions>? configure = null)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(Authority.Certificate);
        var options = new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy };
        configure?.Invoke(options);
        return options;
    }

    public void Dispose()
    {
        Transport.Dispose();
        Context.Dispose();
    }
}
