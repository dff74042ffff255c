using System.Net.Sockets;

namespace Endless.Http.Tests.Transport;

/// <summary>A UNIX socket whose owner accepts nothing, as one that is stopped, and whose queue is full.</summary>
internal sealed class FullQueue : IDisposable
{
    private readonly Socket _listener = New();
    private readonly List<Socket> _clients = [];

    public FullQueue(string path)
    {
        var endPoint = new UnixDomainSocketEndPoint(path);
        _listener.Bind(endPoint);
        _listener.Listen(1);
        while (true)
        {
            var client = New();
            _clients.Add(client);
            client.Blocking = false;
            try
            {
                client.Connect(endPoint);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                return;
            }
        }
    }

    private static Socket New() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public void Dispose()
    {
        _listener.Dispose();
        _clients.ForEach(client => client.Dispose());
    }
}
