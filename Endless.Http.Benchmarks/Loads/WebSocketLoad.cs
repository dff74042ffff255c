using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Endless.Http.Benchmarks.Loads;

/// <summary>WebSocket connections that each send a message and wait for its echo, over and over. A message counts as a request.</summary>
/// <param name="path">The request target.</param>
/// <param name="size">Bytes of a message, at most 125.</param>
internal sealed class WebSocketLoad(string path, int size) : ILoad
{
    public int Connections { get; init; } = 64;

    public string Description => $"{Connections} connections, messages of {size} bytes";

    public async Task<Measurement> RunAsync(IPEndPoint server, TimeSpan duration)
    {
        using var stop = new CancellationTokenSource(duration);
        var start = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => EchoAsync(server, stop.Token))));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var times = all.SelectMany(one => one).Order().ToList();
        return new Measurement(times.Count, seconds, times[times.Count / 2], times[times.Count * 99 / 100]);
    }

    private async Task<List<double>> EchoAsync(IPEndPoint server, CancellationToken stop)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, CancellationToken.None);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        var buffer = new byte[4096];
        var head = 0;
        while (!buffer.AsSpan(0, head).EndsWith("\r\n\r\n"u8)) head += await ReceiveAsync(socket, buffer.AsMemory(head));
        if (!buffer.AsSpan().StartsWith("HTTP/1.1 101"u8)) throw new InvalidOperationException($"No WebSocket: {Encoding.ASCII.GetString(buffer, 0, head)}");

        var frame = Frame();
        var times = new List<double>();
        while (!stop.IsCancellationRequested)
        {
            var begin = Stopwatch.GetTimestamp();
            await socket.SendAsync(frame);
            for (var received = 0; received < 2 + size;) received += await ReceiveAsync(socket, buffer);
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }
        return times;
    }

    private static async Task<int> ReceiveAsync(Socket socket, Memory<byte> buffer) =>
        await socket.ReceiveAsync(buffer) is var length and > 0 ? length : throw new InvalidOperationException("The server closed a connection.");

    /// <summary>A binary message, masked as a client must (RFC 6455 section 5.3).</summary>
    private byte[] Frame()
    {
        var frame = new byte[6 + size];
        frame[0] = 0x82;
        frame[1] = (byte)(0x80 | size);
        new Random(18).NextBytes(frame.AsSpan(2));
        return frame;
    }
}
