using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Endless.Http.Load;
using Endless.Http.Native;
using Endless.Http.Sockets;
using Endless.Http.Tests.Processes;
using Endless.Http.Tests.Transport;

namespace Endless.Http.Tests.Server;

/// <summary>Whether the kernel asks after clients that say nothing: those that vanished would keep their handlers for ever.</summary>
public sealed class TcpKeepAliveTests
{
    [Fact]
    public async Task An_accepted_connection_is_asked_after_when_it_is_silent()
    {
        using var server = new ServerFixture();
        await server.StartAsync();
        using var client = await server.ConnectAsync();
        Assert.InRange(await TimerAsync(server.Server.LocalEndPoint!, client), 1, 15);
    }

    [Fact]
    public async Task When_and_whether_it_is_asked_can_be_set()
    {
        using var late = new ServerFixture();
        late.Server.TcpKeepAliveIdle = TimeSpan.FromSeconds(99.5);
        await late.StartAsync();
        using var client = await late.ConnectAsync();
        Assert.InRange(await TimerAsync(late.Server.LocalEndPoint!, client), 16, 100);

        using var never = new ServerFixture();
        never.Server.TcpKeepAliveIdle = Timeout.InfiniteTimeSpan;
        await never.StartAsync();
        using var other = await never.ConnectAsync();
        Assert.Equal(0, await TimerAsync(never.Server.LocalEndPoint!, other));
    }

    [Fact]
    public async Task All_of_it_reaches_the_socket_of_a_connection()
    {
        var accepted = new TaskCompletionSource<int[]>();
        using var transport = new TransportFixture(TransportFixture.EchoAsync, keepAlive: TcpKeepAlive.From(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(7), 5))
        {
            Accepted = connection => accepted.SetResult(Options(((SocketConnection)connection).Descriptor)),
        };
        await transport.ConnectAsync();
        var options = await accepted.Task.WaitAsync(ServerFixture.Deadline);
        Assert.Equal([1, 1, 7, 5], options);
    }

    [Fact]
    public void The_next_generation_says_anew_whether_it_is_asked()
    {
        using var first = ListenSocket.Bind(ListenAddress.Parse("127.0.0.1:0"));
        using var next = ListenSocket.Inherit(Libc.fcntl(first.Descriptor.Number, Libc.F_DUPFD_CLOEXEC, 0), first.Address, keepAlive: TcpKeepAlive.From(Timeout.InfiniteTimeSpan, TimeSpan.FromSeconds(1), 1));
        Assert.Equal([0, 15, 15, 9], Options(next.Descriptor.Number));
    }

    [Fact]
    public async Task A_restart_keeps_it()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        await server.RestartAsync();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(server.EndPoint).WaitAsync(ServerFixture.Deadline);
        Assert.InRange(await TimerAsync(server.EndPoint, client), 1, 15);
    }

    private static unsafe int[] Options(int socket)
    {
        return [Option(Libc.SOL_SOCKET, Libc.SO_KEEPALIVE), Option(Libc.IPPROTO_TCP, Libc.TCP_KEEPIDLE), Option(Libc.IPPROTO_TCP, Libc.TCP_KEEPINTVL), Option(Libc.IPPROTO_TCP, Libc.TCP_KEEPCNT)];

        int Option(int level, int option)
        {
            int value;
            uint length = sizeof(int);
            Assert.Equal(0, Libc.getsockopt(socket, level, option, &value, &length));
            return value;
        }
    }

    /// <summary>Seconds until the kernel asks after a client, rounded up; 0 if it never does: the keep-alive timer of the server's end in /proc/net/tcp (proc_pid_net(5)).</summary>
    private static async Task<int> TimerAsync(EndPoint server, Socket client)
    {
        var ends = $" 0100007F:{((IPEndPoint)server).Port:X4} 0100007F:{((IPEndPoint)client.LocalEndPoint!).Port:X4} 01 ";
        string? line = null;
        // The kernel may still be at it: the client's end is connected first.
        await Deadline.UntilAsync(async () =>
        {
            line = (await File.ReadAllLinesAsync("/proc/net/tcp")).FirstOrDefault(l => l.Contains(ends, StringComparison.Ordinal));
            return line is not null;
        }, "the connection is there");
        var timer = line!.Split(' ', StringSplitOptions.RemoveEmptyEntries)[5].Split(':');
        const int keepAlive = 2, ticks = 100;
        return int.Parse(timer[0], NumberStyles.HexNumber) == keepAlive ? (int.Parse(timer[1], NumberStyles.HexNumber) + ticks - 1) / ticks : 0;
    }
}
