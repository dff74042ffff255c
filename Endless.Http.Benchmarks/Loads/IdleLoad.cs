using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Endless.Http.Benchmarks.Loads;

/// <summary>Another load, beside connections that made one request and are silent since.</summary>
/// <param name="idle">How many.</param>
/// <param name="busy">The load.</param>
internal sealed class IdleLoad(int idle, ILoad busy) : ILoad
{
    public string Description => $"{busy.Description}, beside {idle} that are idle";

    public async Task<IDisposable?> PrepareAsync(IPEndPoint server) => await IdleConnections.OpenAsync(server, idle);

    public Task<Measurement> RunAsync(IPEndPoint server, TimeSpan duration) => busy.RunAsync(server, duration);
}

/// <summary>Keep-alive connections that have been answered once.</summary>
internal sealed class IdleConnections : IDisposable
{
    private static readonly byte[] Request = Encoding.ASCII.GetBytes("GET /plaintext HTTP/1.1\r\nHost: idle\r\n\r\n");

    private readonly List<Socket> _sockets = [];

    public static async Task<IdleConnections> OpenAsync(IPEndPoint server, int count)
    {
        var connections = new IdleConnections();
        var buffer = new byte[4096];
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            connections._sockets.Add(socket);
            await socket.ConnectAsync(server);
            await socket.SendAsync(Request);
            if (await socket.ReceiveAsync(buffer) == 0) throw new InvalidOperationException("The server closed a connection that was to be idle.");
        }
        return connections;
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
}
