using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Endless.Http.Benchmarks.Loads;

/// <summary>Connections with one request each, taken in turn from a list: the server closes, since the request asks for it or because it is malformed.</summary>
/// <param name="requests">The requests.</param>
internal sealed class ConnectionLoad(params string[] requests) : ILoad
{
    private const int Connections = 64;

    private readonly byte[][] _requests = [.. requests.Select(Encoding.Latin1.GetBytes)];

    public string Description => $"{Connections} at a time, a connection for each request";

    public async Task<Measurement> RunAsync(IPEndPoint server, TimeSpan duration)
    {
        var start = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, Connections).Select(i => Task.Run(() => ClientAsync(server, i, start, duration))));
        var all = times.SelectMany(t => t).Order().ToList();
        return new Measurement(all.Count, Stopwatch.GetElapsedTime(start).TotalSeconds, all[all.Count / 2], all[all.Count * 99 / 100]);
    }

    private async Task<List<double>> ClientAsync(IPEndPoint server, int number, long start, TimeSpan duration)
    {
        var buffer = new byte[4096];
        var times = new List<double>();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            var begin = Stopwatch.GetTimestamp();
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(server);
            await socket.SendAsync(_requests[(number + times.Count) % _requests.Length]);
            var received = 0;
            try
            {
                while (await socket.ReceiveAsync(buffer) is > 0 and var length) received += length;
                if (received == 0) throw new InvalidOperationException("A request was not answered.");
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
            {
                // A refusal too: some peers close with bytes of the request unread, and the reset may overtake the answer.
            }
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }
        return times;
    }
}
