using System.Net;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Server;

/// <summary>Which addresses a server on every address serves, and what it sees of its clients.</summary>
public sealed class DualStackTests
{
    public static TheoryData<string> EveryAddress => [":0", "[::]:0", "[0:0:0:0:0:0:0:0]:0"];

    [Theory]
    [MemberData(nameof(EveryAddress))]
    public async Task Every_address_is_every_one_of_IPv4_and_of_IPv6(string addr)
    {
        using var server = new ServerFixture(addr, (w, r) => w.Write($"{((IPEndPoint)r.RemoteEndPoint!).Address} {((IPEndPoint)r.LocalEndPoint!).Address}"));
        await server.StartAsync();
        var port = ((IPEndPoint)server.Server.LocalEndPoint!).Port;
        // An IPv4 client is one, and no IPv6 address in which it is mapped.
        Assert.EndsWith("127.0.0.1 127.0.0.1", await AskAsync(new(IPAddress.Loopback, port)));
        Assert.EndsWith("::1 ::1", await AskAsync(new(IPAddress.IPv6Loopback, port)));
    }

    [Theory]
    [InlineData("0.0.0.0:0")]
    [InlineData("[::1]:0")]
    public async Task Other_addresses_are_of_one_kind(string addr)
    {
        using var server = new ServerFixture(addr, (w, _) => w.Write("hello"));
        await server.StartAsync();
        var bound = (IPEndPoint)server.Server.LocalEndPoint!;
        var other = bound.AddressFamily == AddressFamily.InterNetwork ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        await Assert.ThrowsAsync<SocketException>(() => AskAsync(new(other, bound.Port)));
    }

    [Theory]
    [MemberData(nameof(EveryAddress))]
    public async Task A_restart_keeps_both(string addr)
    {
        await using var server = await ExampleProcess.TestServerOnAsync([addr]);
        var port = ((IPEndPoint)server.EndPoint).Port;
        using var v4 = await ConnectAsync(new(IPAddress.Loopback, port));
        using var v6 = await ConnectAsync(new(IPAddress.IPv6Loopback, port));
        await server.RestartAsync();
        // Those that were handed over, and new ones.
        foreach (var client in (Socket[])[v4, v6]) Assert.EndsWith("Hello, World!", await AskAsync(client, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback]) Assert.EndsWith("Hello, World!", await AskAsync(new(address, port)));
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint endPoint)
    {
        var client = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(endPoint).WaitAsync(ServerFixture.Deadline);
        return client;
    }

    private static async Task<string> AskAsync(IPEndPoint endPoint)
    {
        using var client = await ConnectAsync(endPoint);
        return await AskAsync(client, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }

    private static async Task<string> AskAsync(Socket client, string request)
    {
        await client.SendAsync(Encoding.ASCII.GetBytes(request)).WaitAsync(ServerFixture.Deadline);
        using var reader = new StreamReader(new NetworkStream(client));
        return await reader.ReadToEndAsync().WaitAsync(ServerFixture.Deadline);
    }
}
