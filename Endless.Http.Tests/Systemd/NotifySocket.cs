using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Native;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Systemd;

/// <summary>The service manager's end: a datagram socket at a path, or with an abstract name, that says what it was told.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public NotifySocket(bool isAbstract = false)
    {
        Name = isAbstract ? $"@endless-test-{Guid.NewGuid():N}" : _directory["notify"];
        _socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? $"\0{Name[1..]}" : Name));
        _socket.ReceiveTimeout = (int)Deadline.Default.TotalMilliseconds;
    }

    /// <summary>The value of NOTIFY_SOCKET.</summary>
    public string Name { get; }

    public bool HasMessage => _socket.Poll(0, SelectMode.SelectRead);

    /// <summary>The next message's assignments; descriptors that came with it are the caller's.</summary>
    public string[] Receive(List<int>? descriptors = null)
    {
        Assert.True(_socket.Poll(Deadline.Default, SelectMode.SelectRead), "The service manager was told nothing.");
        var buffer = new byte[4096];
        descriptors ??= [];
        Assert.True(DescriptorMessage.TryReceive((int)_socket.Handle, buffer, out var length, descriptors, out _));
        return Encoding.UTF8.GetString(buffer, 0, length).Split('\n');
    }

    public void Dispose()
    {
        _socket.Dispose();
        _directory.Dispose();
    }
}
