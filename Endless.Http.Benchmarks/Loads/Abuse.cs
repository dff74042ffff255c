using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Endless.Http.Benchmarks.Loads;

/// <summary>Something that clients do to have a server hold memory for them.</summary>
/// <param name="Name">What.</param>
/// <param name="RunAsync">Does it to a server; when it is done no connection of it is left.</param>
internal sealed record Abuse(string Name, Func<IPEndPoint, Task> RunAsync)
{
    private static readonly byte[] Plain = Encoding.ASCII.GetBytes("GET /plaintext HTTP/1.1\r\nHost: abuse\r\n\r\n");
    private static readonly byte[] Big = Encoding.ASCII.GetBytes("GET /big HTTP/1.1\r\nHost: abuse\r\n\r\n");
    private static readonly byte[] Malformed = Encoding.ASCII.GetBytes("GET /plaintext HTTP/1.1\nHost: abuse\r\n\r\n");

    /// <summary>All there are.</summary>
    public static IReadOnlyList<Abuse> All { get; } =
    [
        new("10,000 idle connections", async server => (await IdleConnections.OpenAsync(server, 10_000)).Dispose()),
        new("4 s of connections that say nothing and are reset", SilentAsync),
        new("64 clients that never read 16 MiB", NeverReadAsync),
        new("a pipeline of 10,000", PipelineAsync),
        new("2,000 malformed requests, a connection each", MalformedAsync),
    ];

    private static async Task SilentAsync(IPEndPoint server)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(4))
        {
            using var socket = await ConnectAsync(server);
            socket.LingerState = new LingerOption(true, 0);
        }
    }

    private static async Task NeverReadAsync(IPEndPoint server)
    {
        var requests = Enumerable.Repeat(Big, 16).SelectMany(request => request).ToArray();
        var clients = new List<Socket>();
        for (var i = 0; i < 64; i++)
        {
            clients.Add(await ConnectAsync(server));
            await clients[i].SendAsync(requests);
        }
        await Task.Delay(TimeSpan.FromSeconds(3)); // the time in which the server fills what it has for them
        clients.ForEach(client => client.Dispose());
    }

    private static async Task PipelineAsync(IPEndPoint server)
    {
        using var socket = await ConnectAsync(server);
        var requests = Enumerable.Repeat(Plain, 10_000).SelectMany(request => request).ToArray();
        var sending = SendAsync();
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer) > 0) { }
        await sending;

        async Task SendAsync()
        {
            for (var sent = 0; sent < requests.Length;) sent += await socket.SendAsync(requests.AsMemory(sent));
            socket.Shutdown(SocketShutdown.Send);
        }
    }

    private static async Task MalformedAsync(IPEndPoint server)
    {
        var buffer = new byte[4096];
        for (var i = 0; i < 2_000; i++)
        {
            using var socket = await ConnectAsync(server);
            await socket.SendAsync(Malformed);
            if (await socket.ReceiveAsync(buffer) == 0) throw new InvalidOperationException("A malformed request was not answered.");
        }
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server);
        return socket;
    }
}
