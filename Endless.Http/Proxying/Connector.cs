using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Endless.Http.Proxying;

/// <summary>Connections to destinations: .NET's, without anything that a client adds for itself (redirects, cookies, decompression, proxies, traces).</summary>
internal static class Connector
{
    /// <summary>Connections for many requests.</summary>
    /// <param name="options">Of the proxy.</param>
    /// <param name="socket">The UNIX socket in place of the host; null for none.</param>
    public static HttpMessageInvoker Create(ReverseProxyOptions options, UnixDomainSocketEndPoint? socket) => new(Handler(options, socket, onConnected: null), disposeHandler: true);

    /// <summary>One connection, for a request that takes it over (an upgrade).</summary>
    /// <param name="options">Of the proxy.</param>
    /// <param name="socket">The UNIX socket in place of the host; null for none.</param>
    /// <param name="onConnected">Told the socket of the connection.</param>
    public static HttpMessageInvoker CreateForUpgrade(ReverseProxyOptions options, UnixDomainSocketEndPoint? socket, Action<Socket> onConnected)
    {
        var handler = Handler(options, socket, onConnected);
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        return new HttpMessageInvoker(handler, disposeHandler: true);
    }

    private static SocketsHttpHandler Handler(ReverseProxyOptions options, UnixDomainSocketEndPoint? socket, Action<Socket>? onConnected) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = options.ConnectTimeout,
        EnableMultipleHttp2Connections = true,
        MaxConnectionsPerServer = options.MaxConnectionsPerDestination,
        MaxResponseDrainSize = 0, // what a client that is gone does not read, the destination need not send
        MaxResponseHeadersLength = (options.MaxResponseHeaderBytes + 1023) / 1024,
        PooledConnectionLifetime = TimeSpan.FromMinutes(15), // addresses of names change
        // Values are bytes here and there, so that each survives.
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        SslOptions = options.Tls ?? new SslClientAuthenticationOptions(),
        ConnectCallback = (context, cancellationToken) => ConnectAsync(socket ?? (EndPoint)context.DnsEndPoint, onConnected, cancellationToken),
    };

    private static async ValueTask<Stream> ConnectAsync(EndPoint endPoint, Action<Socket>? onConnected, CancellationToken cancellationToken)
    {
        var socket = endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            onConnected?.Invoke(socket);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
