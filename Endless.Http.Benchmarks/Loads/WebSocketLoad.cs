using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Endless.Http.Benchmarks.Loads;

/// <summary>WebSocket connections that each send a message and wait for its answer, over and over. A message counts as a request.</summary>
/// <param name="path">The request target.</param>
/// <param name="message">At most 125 bytes.</param>
/// <param name="answer">Bytes of what comes back, at most 125.</param>
internal sealed class WebSocketLoad(string path, byte[] message, int answer) : ILoad
{
    /// <summary>Sent once at first, and the bytes of its answer; null for nothing.</summary>
    public (byte[] Message, int Answer)? Begin { get; init; }

    /// <summary>Messages are text.</summary>
    public bool IsText { get; init; }

    /// <summary>The load of a server that sends back what it gets.</summary>
    public static WebSocketLoad Echo(string path, int size)
    {
        var message = new byte[size];
        new Random(18).NextBytes(message);
        return new(path, message, size);
    }

    public int Connections { get; init; } = 64;

    public string Description => $"{Connections} connections, messages of {message.Length} bytes";

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

        if (Begin is { } begun) await AskAsync(socket, Frame(begun.Message), begun.Answer, buffer);
        var frame = Frame(message);
        var times = new List<double>();
        while (!stop.IsCancellationRequested)
        {
            var begin = Stopwatch.GetTimestamp();
            await AskAsync(socket, frame, answer, buffer);
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }
        return times;
    }

    private static async Task<int> ReceiveAsync(Socket socket, Memory<byte> buffer) =>
        await socket.ReceiveAsync(buffer) is var length and > 0 ? length : throw new InvalidOperationException("The server closed a connection.");

    private static async Task AskAsync(Socket socket, byte[] frame, int answer, byte[] buffer)
    {
        await socket.SendAsync(frame);
        for (var received = 0; received < 2 + answer;) received += await ReceiveAsync(socket, buffer);
    }

    /// <summary>A message, masked as a client's must be (RFC 6455 section 5.3).</summary>
    private byte[] Frame(byte[] payload)
    {
        var frame = new byte[6 + payload.Length];
        frame[0] = (byte)(IsText ? 0x81 : 0x82);
        frame[1] = (byte)(0x80 | payload.Length);
        new Random(18).NextBytes(frame.AsSpan(2, 4));
        for (var i = 0; i < payload.Length; i++) frame[6 + i] = (byte)(payload[i] ^ frame[2 + (i & 3)]);
        return frame;
    }
}
