using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Restart;

/// <summary>Nobody loses a request by a restart, whatever is under way.</summary>
public class RestartUnderLoadTests
{
    private const int FiftyMegabytes = 50_000_000;

    private static readonly LoadOptions Load = new() { KeepAliveClients = 8, Think = TimeSpan.FromMilliseconds(1), FreshEvery = TimeSpan.FromMilliseconds(2) };

    [Fact]
    public async Task Fresh_and_keep_alive_clients_of_several_servers_and_of_a_UNIX_socket()
    {
        using var directory = new TempDirectory();
        await using var server = await ExampleProcess.TestServerOnAsync(["127.0.0.1:0", "[::1]:0", $"unix:{directory["a.sock"]}"]);
        var loads = await Task.WhenAll(server.Addresses.Select(address => LoadDriver.StartAsync(ServerProcess.EndPointOf(address), Load)));
        for (var i = 0; i < 3; i++)
        {
            var old = server.Pid;
            await server.RestartAsync();
            await server.GoneAsync(old);
        }
        await Task.WhenAll(loads.Select(load => load.StopAsync()));
        foreach (var load in loads)
        {
            Assert.Empty(load.Counters.Details);
            Assert.True(load.Counters.Requests > 0);
            Assert.Equal(0, load.Counters.AnnouncedCloses); // no keep-alive client had to connect again
        }
        await server.StopAsync();
    }

    [Fact]
    public async Task Idle_connections_wake_up_in_the_next_generation()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        var connections = new List<ClientConnection>();
        var request = "GET /pid HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray();
        for (var i = 0; i < 200; i++) connections.Add(await ClientConnection.ConnectAsync(server.EndPoint, Deadline.Default));
        foreach (var connection in connections) await connection.RequestAsync(request);
        var pid = await server.RestartAsync();
        Assert.Equal(0, await server.ExitCodeAsync());
        await Task.WhenAll(connections.Select(async connection =>
        {
            var response = await connection.RequestAsync(request);
            Assert.Equal($"{pid}", Encoding.ASCII.GetString(response.Body.Span));
            Assert.False(response.Closes);
            connection.Dispose();
        }));
    }

    [Fact]
    public async Task An_upload_of_50_MB()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        using var stream = await ConnectAsync(server);
        var body = new byte[FiftyMegabytes];
        new Random(50).NextBytes(body);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n"));
        await stream.WriteAsync(body.AsMemory(0, body.Length / 2));
        var pid = await RestartAsync(server);
        var answer = ReadAsync(stream, body.Length);
        await stream.WriteAsync(body.AsMemory(body.Length / 2));
        var (_, echoed) = await answer.WaitAsync(Deadline.Default);
        Assert.True(body.AsSpan().SequenceEqual(echoed), "the body came back changed");
        await MovesOnAsync(stream, server, pid);
    }

    [Fact]
    public async Task A_download_of_50_MB()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        using var stream = await ConnectAsync(server);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /big?n={FiftyMegabytes} HTTP/1.1\r\nHost: x\r\n\r\n"));
        await stream.Socket.ReceiveAsync(Memory<byte>.Empty); // until the answer has begun: else the next generation may accept the connection
        // Not read meanwhile: far more than the sockets hold is still to come.
        var pid = await RestartAsync(server);
        var (_, body) = await ReadAsync(stream, FiftyMegabytes).WaitAsync(Deadline.Default);
        var expected = Encoding.ASCII.GetBytes("0123456789abcdef");
        Assert.Equal(-1, Enumerable.Range(0, body.Length).Select(i => body[i] == expected[i % 16] ? -1 : i).FirstOrDefault(i => i >= 0, -1));
        await MovesOnAsync(stream, server, pid);
    }

    [Fact]
    public async Task A_chunked_upload_that_has_only_begun()
    {
        await using var server = await ExampleProcess.TestServerAsync("--body-rate-grace", "600000"); // the rest comes only after the restart, which may take long
        using var stream = await ConnectAsync(server);
        await stream.WriteAsync("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"u8.ToArray());
        await stream.ReadExactlyAsync(new byte["HTTP/1.1 100 Continue\r\n\r\n".Length]); // the handler reads: else the next generation may accept the connection
        await stream.WriteAsync("5\r\nhel"u8.ToArray());
        var pid = await RestartAsync(server);
        await stream.WriteAsync("lo\r\n6\r\n world\r\n0\r\n\r\n"u8.ToArray());
        var (_, body) = await ReadAsync(stream, 11).WaitAsync(Deadline.Default);
        Assert.Equal("hello world", Encoding.ASCII.GetString(body));
        await MovesOnAsync(stream, server, pid);
    }

    [Fact]
    public async Task A_request_of_which_half_a_header_has_arrived()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        using var stream = await ConnectAsync(server);
        // The answer to a whole one before it shows that it was accepted: else the next generation may accept the connection.
        await stream.WriteAsync("GET /pid HTTP/1.1\r\nHost: x\r\n\r\nGET /pid HTTP/1.1\r\nHo"u8.ToArray());
        var (_, first) = await ReadAsync(stream, $"{server.FirstPid}".Length).WaitAsync(Deadline.Default);
        Assert.Equal($"{server.FirstPid}", Encoding.ASCII.GetString(first));
        var pid = await server.RestartAsync();
        Assert.Equal(0, await server.ExitCodeAsync()); // with the half it had read handed over
        await stream.WriteAsync("st: x\r\n\r\n"u8.ToArray());
        var (_, body) = await ReadAsync(stream, $"{pid}".Length).WaitAsync(Deadline.Default);
        Assert.Equal($"{pid}", Encoding.ASCII.GetString(body));
    }

    private static async Task<NetworkStream> ConnectAsync(ServerProcess server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.EndPoint);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Restarts and waits until the old generation drains with one connection left.</summary>
    private static async Task<int> RestartAsync(ServerProcess server)
    {
        var pid = await server.RestartAsync();
        await server.Output.WaitForAsync("stopped accepting; finishing 1 connection(s).");
        return pid;
    }

    /// <summary>The old generation has finished the request, and the connection's next one is answered by the new.</summary>
    private static async Task MovesOnAsync(NetworkStream stream, ServerProcess server, int pid)
    {
        Assert.Equal(0, await server.ExitCodeAsync());
        await stream.WriteAsync("GET /pid HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        var (_, body) = await ReadAsync(stream, $"{pid}".Length).WaitAsync(Deadline.Default);
        Assert.Equal($"{pid}", Encoding.ASCII.GetString(body));
    }

    /// <summary>Reads a response whose body is so long.</summary>
    private static async Task<(string Head, byte[] Body)> ReadAsync(NetworkStream stream, int length)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head.ToString());
        Assert.Contains($"\r\nContent-Length: {length.ToString(CultureInfo.InvariantCulture)}\r\n", head.ToString());
        var body = new byte[length];
        await stream.ReadExactlyAsync(body);
        return (head.ToString(), body);
    }
}
