using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Endless.Http.Benchmarks.Loads;

/// <summary>A request every 10 ms on one connection, beside many whose handlers block for a second each, over and over. Only the one connection's requests are counted.</summary>
/// <param name="blocking">How many handlers block at once.</param>
internal sealed class ProbeLoad(int blocking) : ILoad
{
    private static readonly byte[] Block = Encoding.ASCII.GetBytes("GET /block?ms=1000 HTTP/1.1\r\nHost: probe\r\n\r\n");
    private static readonly byte[] Plain = Encoding.ASCII.GetBytes("GET /plaintext HTTP/1.1\r\nHost: probe\r\n\r\n");

    /// <summary>At the end the blocked requests are given up, for a server that ends with the round: Kestrel would take minutes to answer them.</summary>
    public bool GivesUp { get; init; }

    public string Description => $"a request every 10 ms, beside {blocking} handlers that block 1 s";

    public async Task<Measurement> RunAsync(IPEndPoint server, TimeSpan duration)
    {
        using var stop = new CancellationTokenSource();
        var blockers = Enumerable.Range(0, blocking).Select(_ => Task.Run(() => BlockAsync(server, stop.Token))).ToList();
        using var probe = await ConnectAsync(server);
        var times = new List<double>();
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            var begin = Stopwatch.GetTimestamp();
            await AskAsync(probe, Plain);
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            await Task.Delay(10);
        }
        await stop.CancelAsync();
        await Task.WhenAll(blockers).ConfigureAwait(GivesUp ? ConfigureAwaitOptions.SuppressThrowing : ConfigureAwaitOptions.None);
        times.Sort();
        return new Measurement(times.Count, duration.TotalSeconds, times[times.Count / 2], times[times.Count * 99 / 100]);
    }

    private async Task BlockAsync(IPEndPoint server, CancellationToken stop)
    {
        using var socket = await ConnectAsync(server);
        while (!stop.IsCancellationRequested) await AskAsync(socket, Block, GivesUp ? stop : default);
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server);
        return socket;
    }

    private static async Task AskAsync(Socket socket, byte[] request, CancellationToken stop = default)
    {
        var buffer = new byte[4096];
        await socket.SendAsync(request);
        var received = 0;
        while (!buffer.AsSpan(0, received).EndsWith("Hello, World!"u8))
        {
            var length = await socket.ReceiveAsync(buffer.AsMemory(received), stop);
            if (length == 0) throw new InvalidOperationException("The server closed a connection.");
            received += length;
        }
    }
}
