using System.Net;
using System.Net.Sockets;
using Endless.Http.Native;
using Endless.Http.Supervision;
using Endless.Http.Systemd;

namespace Endless.Http.Tests.Supervision;

public sealed class ManagerSocketTests : IDisposable
{
    private readonly ManagerSocket _socket = new();
    private readonly List<int> _descriptors = [];

    public void Dispose()
    {
        foreach (var descriptor in _descriptors) _ = Libc.close(descriptor);
        _ = Libc.close(_socket.Descriptor);
    }

    private Notifier Sender() => Notifier.Open(_socket.Name, out _)!;

    [Fact]
    public void A_message_says_who_sent_it()
    {
        using var sender = Sender();
        Assert.Null(sender.Send("READY=1\nMAINPID=12"));
        Assert.True(_socket.TryReceive(out var message, _descriptors, out var credentials));
        Assert.True(message!.IsReady);
        Assert.Equal(12, message.MainProcessId);
        Assert.Equal((Environment.ProcessId, Libc.geteuid()), (credentials.ProcessId, credentials.UserId));
        Assert.False(_socket.TryReceive(out _, _descriptors, out _));
    }

    [Theory]
    [InlineData(4_096)]
    [InlineData(4_097)]
    [InlineData(100_000)] // an older build does not cut what it says
    public void A_message_of_any_length_is_read_whole(int length)
    {
        const string start = "READY=1\nSTATUS=";
        using var sender = Sender();
        Assert.Null(sender.Send(start + new string('x', length - start.Length)));
        Assert.Null(sender.Send("STOPPING=1"));
        Assert.True(_socket.TryReceive(out var message, _descriptors, out _));
        Assert.True(message!.IsReady);
        Assert.Equal(length, string.Join('\n', message.Assignments).Length);
        Assert.True(_socket.TryReceive(out message, _descriptors, out _));
        Assert.True(message!.IsStopping);
    }

    [Fact]
    public void An_empty_message_is_one_and_says_nothing()
    {
        using var sender = Sender();
        Assert.Null(sender.Send(""));
        Assert.True(_socket.TryReceive(out var message, _descriptors, out _));
        Assert.Equal("", message!.Relayed);
        Assert.False(_socket.TryReceive(out _, _descriptors, out _));
    }

    [Fact]
    public void Descriptors_come_with_it_under_their_name()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var sender = Sender();
        Assert.Null(sender.Send("FDSTORE=1\nFDNAME=web", [(int)listener.Handle]));
        Assert.True(_socket.TryReceive(out var message, _descriptors, out _));
        Assert.Equal("web", message!.Store);
        Assert.Null(message.Forget);
        Assert.Equal(listener.LocalEndPoint, SockAddr.Local(Assert.Single(_descriptors)));
    }
}
