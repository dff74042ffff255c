using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Endless.Http.Load;
using Endless.Http.Tests.Http2;
using Endless.Http.Tests.Processes;
using Endless.Http.Tests.Tls;

namespace Endless.Http.Tests.Conformance;

/// <summary>The test server as two processes, one in the clear and one with TLS, and clients of HTTP/2 for both.</summary>
public sealed class Http2Peers : IAsyncLifetime
{
    private readonly CertificateFiles _files = new();
    private ServerProcess _clear = null!;
    private ServerProcess _tls = null!;

    public async Task InitializeAsync()
    {
        _files.Write();
        _clear = await ExampleProcess.TestServerAsync();
        _tls = await ExampleProcess.TestServerAsync("--tls", _files.Certificate, _files.Key);
    }

    public async Task DisposeAsync()
    {
        await _clear.DisposeAsync();
        await _tls.DisposeAsync();
        _files.Dispose();
    }

    /// <summary>Lets a client loose on a connection of its own.</summary>
    internal async Task RunAsync(bool tls, Func<Http2Client, Task> run)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync((tls ? _tls : _clear).EndPoint).WaitAsync(Deadline.Default);
        await using var stream = await OpenAsync(socket, tls);
        await run(new Http2Client(PipeWriter.Create(stream), PipeReader.Create(stream)) { Scheme = tls ? "https" : "http" }).WaitAsync(Deadline.Default);
    }

    private static async Task<Stream> OpenAsync(Socket socket, bool tls)
    {
        var network = new NetworkStream(socket);
        if (!tls) return network;
        var stream = new SslStream(network);
        await stream.AuthenticateAsClientAsync(TlsFixture.ClientOptions(options =>
        {
            options.EnabledSslProtocols = SslProtocols.Tls13;
            options.ApplicationProtocols = [SslApplicationProtocol.Http2];
        })).WaitAsync(Deadline.Default);
        Assert.Equal(SslApplicationProtocol.Http2, stream.NegotiatedApplicationProtocol);
        return stream;
    }
}
