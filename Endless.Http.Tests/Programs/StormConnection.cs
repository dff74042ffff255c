using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Endless.Http.Load;
using Endless.Http.Tests.Tls;

namespace Endless.Http.Tests.Programs;

/// <summary>A client's connection to one of the storm's servers.</summary>
internal sealed class StormConnection : IAsyncDisposable
{
    private readonly Socket _socket;
    private int _isClosed;

    private StormConnection(Socket socket, Stream stream) => (_socket, Stream) = (socket, stream);

    public Stream Stream { get; }

    public static async Task<StormConnection> ConnectAsync(EndPoint server, StormProtocol protocol)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server).WaitAsync(Deadline.Default);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (!protocol.IsTls()) return new StormConnection(socket, stream);
        var secure = new SslStream(stream);
        var alpn = protocol.IsHttp2() ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11;
        await secure.AuthenticateAsClientAsync(TlsFixture.ClientOptions(options => options.ApplicationProtocols = [alpn])).WaitAsync(Deadline.Default);
        return new StormConnection(socket, secure);
    }

    /// <summary>Sends no more; what the server still has to say can be read.</summary>
    public async Task HalfCloseAsync()
    {
        if (Stream is SslStream secure) await secure.ShutdownAsync();
        else _socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Goes away without a word.</summary>
    public void Reset()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        try
        {
            await Stream.DisposeAsync();
        }
        catch (IOException)
        {
            // The server was first.
        }
        _socket.Dispose();
    }
}
