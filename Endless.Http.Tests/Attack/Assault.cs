using System.Net;
using System.Net.Sockets;

namespace Endless.Http.Tests.Attack;

/// <summary>The attacker's side of an attack under way: its connections, and how much it has sent on them.</summary>
/// <param name="server">Where the target listens.</param>
/// <param name="end">The attack is over.</param>
/// <param name="begun">Called once, with the first connection.</param>
internal sealed class Assault(EndPoint server, CancellationToken end, Action begun) : IDisposable
{
    /// <summary>What a connection costs its maker before it says anything: SYN, ACK and FIN, with their IP headers.</summary>
    private const int ConnectionBytes = 60 + 52 + 52;

    private readonly List<Socket> _sockets = [];
    private long _sent;

    /// <summary>Bytes that were sent; for a connection those of the packets that make and end it.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>The attack is over.</summary>
    public CancellationToken End => end;

    /// <summary>Another connection; null if the server does not take it.</summary>
    public async Task<Socket?> ConnectAsync(int receiveBuffer = 0)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0) socket.ReceiveBufferSize = receiveBuffer;
        lock (_sockets) _sockets.Add(socket);
        try
        {
            await socket.ConnectAsync(server, end);
            if (Interlocked.Add(ref _sent, ConnectionBytes) == ConnectionBytes) begun();
            return socket;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Sends; false when the server has ended the connection, or the attack is over.</summary>
    public async Task<bool> SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                var count = await socket.SendAsync(bytes, end);
                Interlocked.Add(ref _sent, count);
                bytes = bytes[count..];
            }
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Reads and throws away whatever comes, to the end of the connection or the attack.</summary>
    public async Task DrainAsync(Socket socket)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, end) > 0) { }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Over.
        }
    }

    /// <summary>Returns when the attack is over.</summary>
    public async Task HoldAsync()
    {
        var over = new TaskCompletionSource();
        await using var registration = end.Register(over.SetResult);
        await over.Task;
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
    }
}
