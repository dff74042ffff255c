using System.Net.Sockets;
using System.Text;
using Endless.Http.Benchmarks.Peers;

namespace Endless.Http.Benchmarks;

/// <summary>
/// What a malformed request costs the server beside a good one, each on a connection of its own: since a refusal closes the connection, the reconnect is part of
/// the price of both. Round after round in turn.
/// </summary>
internal static class RefusalCost
{
    private const int Connections = 64;
    private const int Rounds = 5;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    private static readonly byte[][] Good = [.. new[] { "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" }.Select(Encoding.Latin1.GetBytes)];

    private static readonly byte[][] Malformed = [.. new[]
    {
        "GET / HTTP/1.1\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "\0\0\0\0", "GET / HTTP/9.9\r\nHost: a\r\n\r\n", "\x16\x03\x01\x02",
    }.Select(Encoding.Latin1.GetBytes)];

    public static async Task RunAsync(Peer peer)
    {
        await using var server = await peer.StartAsync();
        await FloodAsync(server, Good);
        await FloodAsync(server, Malformed);
        var good = new List<double>();
        var malformed = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            good.Add(await FloodAsync(server, Good));
            malformed.Add(await FloodAsync(server, Malformed));
        }
        Console.WriteLine($"{peer.Name}, {Connections} connections, a connection for each request, median of {Rounds} rounds of {Round.TotalSeconds:0} s in turn");
        Console.WriteLine($"good       {Median(good):0.0} µs of CPU per request ({good.Min():0.0} to {good.Max():0.0})");
        Console.WriteLine($"malformed  {Median(malformed):0.0} µs of CPU per request ({malformed.Min():0.0} to {malformed.Max():0.0})");
        Console.WriteLine($"ratio      {Median(malformed) / Median(good):0.00}");
    }

    /// <summary>The server's CPU time in microseconds for each request.</summary>
    private static async Task<double> FloodAsync(Load.ServerProcess server, byte[][] requests)
    {
        var before = CpuTime.Of(server.Pid);
        var end = Environment.TickCount64 + (long)Round.TotalMilliseconds;
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(i => Task.Run(async () =>
        {
            var buffer = new byte[4096];
            var count = 0;
            for (; Environment.TickCount64 < end; count++)
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(server.EndPoint);
                await socket.SendAsync(requests[(i + count) % requests.Length]);
                var received = 0;
                while (await socket.ReceiveAsync(buffer) is > 0 and var length) received += length;
                if (received == 0) throw new InvalidOperationException("A request was not answered.");
            }
            return count;
        })));
        return (CpuTime.Of(server.Pid) - before).TotalMicroseconds / counts.Sum();
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
