using System.Net.Sockets;
using Endless.Http.Spawning;

namespace Endless.Http.Tests.Restart;

public class SpawnTests
{
    /// <summary>Under the number of a listener that a stop has closed meanwhile the child could get a client's connection.</summary>
    [Fact]
    public void A_child_is_not_started_with_a_listener_that_is_closed()
    {
        var open = TestListener.On(":8080");
        var closed = TestListener.On(":8081");
        closed.Socket.Dispose();
        Assert.Equal(":8081 is not listened on any more", Assert.Throws<IOException>(() => new LinuxProcessHost().Spawn([open, closed])).Message);
        open.Socket.Dispose();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<SocketException>(() => client.Connect(open.Socket.LocalEndPoint!)); // it was let go of
    }
}
