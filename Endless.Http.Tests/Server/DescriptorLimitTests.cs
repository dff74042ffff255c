using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Server;

/// <summary>At the limit of open files (EMFILE) a server makes room of those that do nothing, and waits if there are none; it does not end, spin or drop whom it serves.</summary>
public class DescriptorLimitTests
{
    private const int Room = 40;

    private static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray();

    [FactWithTools("prlimit")]
    public async Task Connections_beyond_the_limit_wait_in_the_kernels_queue_until_there_is_room()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        using var first = await Upload.BeginAsync(server);
        var limit = ProcessStatus.Descriptors(server.Pid) + Room;
        await LimitAsync(server, $"{limit}:{limit}");

        var uploads = new List<Upload>();
        for (var i = 0; i < 2 * Room; i++) uploads.Add(await Upload.BeginAsync(server));
        await server.Output.WaitForAsync("Connections wait in the kernel's queue");
        // Whoever has an answer leaves, and makes room for the next; who is served is served on.
        foreach (var upload in uploads)
        {
            await upload.EndAsync();
            upload.Dispose();
        }
        await server.Output.WaitForAsync("Accepting on");
        await first.EndAsync();
    }

    [FactWithTools("prlimit")]
    public async Task Clients_that_say_nothing_at_the_limit_keep_nobody_out()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        using var busy = await Upload.BeginAsync(server);
        var limit = ProcessStatus.Descriptors(server.Pid) + Room;
        await LimitAsync(server, $"{limit}:{limit}");

        var silent = new List<Socket>();
        for (var i = 0; i < 3 * Room; i++)
        {
            silent.Add(new Socket(SocketType.Stream, ProtocolType.Tcp));
            await silent[i].ConnectAsync(server.EndPoint).WaitAsync(Deadline.Default);
            if (i % 2 == 0) await silent[i].SendAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHo"));
        }
        // Less than any of them has time by a limit of its own: 30 s.
        for (var i = 0; i < 10; i++)
        {
            using var client = await ClientConnection.ConnectAsync(server.EndPoint, TimeSpan.FromSeconds(15));
            Assert.Equal(200, (await client.RequestAsync(Request)).Status);
        }
        await server.Output.WaitForAsync("make room");
        await busy.EndAsync();
        foreach (var socket in silent) socket.Dispose();
        using var last = await ClientConnection.ConnectAsync(server.EndPoint, Deadline.Default);
        var metrics = await last.RequestAsync("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        Assert.Matches("(?m)^endless_connections_shed_total [1-9]", Encoding.UTF8.GetString(metrics.Body.Span));
    }

    /// <summary>The runtime has two for a moment when its pool wants one more thread, and ends the process without.</summary>
    [FactWithTools("prlimit")]
    public async Task A_limit_lowered_under_a_server_leaves_the_runtime_its_descriptors_at_once()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        int warmed;
        using (var warm = await ClientConnection.ConnectAsync(server.EndPoint, Deadline.Default))
        {
            await warm.RequestAsync(Request);
            warmed = ProcessStatus.Sockets(server.Pid);
        }
        await Deadline.UntilAsync(() => ProcessStatus.Sockets(server.Pid) < warmed, "its connection is closed");
        using var first = await Upload.BeginAsync(server);
        await first.UnderWayAsync();
        var before = ProcessStatus.Sockets(server.Pid);
        var descriptors = ProcessStatus.Descriptors(server.Pid);
        await LimitAsync(server, $"{descriptors + 3}:");

        using var second = await ClientConnection.ConnectAsync(server.EndPoint, Deadline.Default);
        var answer = second.RequestAsync(Request).AsTask();
        await server.Output.WaitForAsync("Connections wait in the kernel's queue");
        Assert.Equal(before, ProcessStatus.Sockets(server.Pid));
        await first.EndAsync();

        await LimitAsync(server, $"{descriptors + 100}:");
        Assert.Equal(200, (await answer).Status);
    }

    private static Task LimitAsync(ServerProcess server, string limit) =>
        Tool.RunAsync("prlimit", "--pid", server.Pid.ToString(CultureInfo.InvariantCulture), $"--nofile={limit}");

    /// <summary>A request that is under way until it is ended, and so a connection that makes no room.</summary>
    private sealed class Upload : IDisposable
    {
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private bool _isUnderWay;

        /// <summary>Sends all but the last byte. It may wait in the kernel's queue.</summary>
        public static async Task<Upload> BeginAsync(ServerProcess server)
        {
            var upload = new Upload();
            await upload._socket.ConnectAsync(server.EndPoint).WaitAsync(Deadline.Default);
            await upload._socket.SendAsync(Encoding.ASCII.GetBytes("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"));
            return upload;
        }

        /// <summary>Waits until the handler asks for the body.</summary>
        public async Task UnderWayAsync()
        {
            if (!_isUnderWay) await ReceiveAsync("HTTP/1.1 100 Continue\r\n\r\n");
            _isUnderWay = true;
        }

        /// <summary>Ends the request, and takes the answer.</summary>
        public async Task EndAsync()
        {
            await UnderWayAsync();
            await _socket.SendAsync("x"u8.ToArray());
            await ReceiveAsync("HTTP/1.1 200 OK");
        }

        public void Dispose() => _socket.Dispose();

        private async Task ReceiveAsync(string expected)
        {
            var buffer = new byte[1_000];
            var count = await _socket.ReceiveAsync(buffer).WaitAsync(Deadline.Default);
            Assert.StartsWith(expected, Encoding.ASCII.GetString(buffer, 0, count));
        }
    }
}
