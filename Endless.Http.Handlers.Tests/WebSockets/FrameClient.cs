using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.WebSockets;

/// <summary>A client that sends whatever bytes a test wants as frames, and shows the frames that come back.</summary>
internal sealed class FrameClient : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[1024 * 1024];
    private int _start;
    private int _end;

    /// <summary>Each byte is sent by itself.</summary>
    public bool Chops { get; set; }

    /// <summary>What the server answered to the handshake.</summary>
    public string Head { get; private set; } = "";

    public static Task<FrameClient> ConnectAsync(TestServer server, string path = "/", string fields = "") => ConnectAsync(server.Url.Port, path, fields);

    public static Task<FrameClient> ConnectAsync(EndlessServer server) => ConnectAsync(((IPEndPoint)server.LocalEndPoint!).Port, "/", "");

    private static async Task<FrameClient> ConnectAsync(int port, string path, string fields)
    {
        var client = await OpenAsync(port);
        await client.SendAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{fields}\r\n"));
        client.Head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 101 ", client.Head);
        return client;
    }

    /// <summary>Without a handshake.</summary>
    public static Task<FrameClient> OpenAsync(TestServer server) => OpenAsync(server.Url.Port);

    private static async Task<FrameClient> OpenAsync(int port)
    {
        var client = new FrameClient();
        await client._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)).WaitAsync(Deadline.Default);
        return client;
    }

    /// <summary>A masked frame.</summary>
    /// <param name="first">The first byte: 0x81 for a whole text.</param>
    /// <param name="payload">Not masked.</param>
    /// <param name="isMasked">As RFC 6455 wants it of clients.</param>
    /// <param name="wideLength">The length in so many bytes, be it too many.</param>
    public static byte[] Frame(int first, ReadOnlySpan<byte> payload, bool isMasked = true, int wideLength = 0)
    {
        var frame = new List<byte> { (byte)first };
        var bit = isMasked ? 0x80 : 0;
        if (wideLength == 8 || payload.Length > ushort.MaxValue)
        {
            frame.Add((byte)(bit | 127));
            var length = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
            frame.AddRange(length);
        }
        else if (wideLength == 2 || payload.Length > 125)
        {
            frame.AddRange([(byte)(bit | 126), (byte)(payload.Length >> 8), (byte)payload.Length]);
        }
        else
        {
            frame.Add((byte)(bit | payload.Length));
        }
        if (!isMasked) return [.. frame, .. payload];
        byte[] mask = [0x37, 0xfa, 0x21, 0x3d];
        frame.AddRange(mask);
        var masked = payload.ToArray();
        for (var i = 0; i < masked.Length; i++) masked[i] ^= mask[i % 4];
        return [.. frame, .. masked];
    }

    public static byte[] Frame(int first, string payload) => Frame(first, Encoding.UTF8.GetBytes(payload));

    public async Task SendAsync(params byte[][] frames)
    {
        var bytes = frames.SelectMany(frame => frame).ToArray();
        if (!Chops)
        {
            await SendRawAsync(bytes);
            return;
        }
        foreach (var one in bytes)
        {
            await SendRawAsync(new[] { one });
            await Task.Yield();
        }
    }

    /// <summary>The server is done reading: nothing more comes.</summary>
    public void CloseSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>The next frame; null at the end of the connection, be it by a reset.</summary>
    public async Task<(int First, byte[] Payload)?> ReadAsync()
    {
        if (!await HasAsync(2)) return null;
        var (first, length) = (_received[_start], (int)_received[_start + 1]);
        Assert.True(length < 128, "A server's frames are not masked.");
        _start += 2;
        if (length == 126)
        {
            await HasAsync(2);
            length = BinaryPrimitives.ReadUInt16BigEndian(_received.AsSpan(_start));
            _start += 2;
        }
        else if (length == 127)
        {
            await HasAsync(8);
            length = (int)BinaryPrimitives.ReadInt64BigEndian(_received.AsSpan(_start));
            _start += 8;
        }
        var payload = new byte[length];
        for (var filled = 0; filled < length;)
        {
            Assert.True(await HasAsync(1), "The connection ended within a frame.");
            var piece = Math.Min(length - filled, _end - _start);
            Array.Copy(_received, _start, payload, filled, piece);
            filled += piece;
            _start += piece;
        }
        return (first, payload);
    }

    /// <summary>The next frame as text, such as <c>81 hello</c>; a Close as <c>88 1000 reason</c>; the end as <c>end</c>.</summary>
    public async Task<string> ReadTextAsync()
    {
        if (await ReadAsync() is not var (first, payload)) return "end";
        if (first != 0x88) return $"{first:x2} {Encoding.UTF8.GetString(payload)}".TrimEnd();
        return payload.Length == 0 ? "88" : $"88 {BinaryPrimitives.ReadUInt16BigEndian(payload)} {Encoding.UTF8.GetString(payload.AsSpan(2))}".TrimEnd();
    }

    public async Task<string> ReadHeadAsync()
    {
        while (true)
        {
            var end = _received.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                var head = Encoding.Latin1.GetString(_received, _start, end + 2);
                _start += end + 4;
                return head;
            }
            if (!await HasAsync(_end - _start + 1)) return "";
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes).AsTask().WaitAsync(Deadline.Default)..];
        }
        catch (SocketException)
        {
            // The server has closed already: what it said shows in what it sent.
        }
    }

    private async Task<bool> HasAsync(int count)
    {
        while (_end - _start < count)
        {
            if (_start > 0)
            {
                Array.Copy(_received, _start, _received, 0, _end - _start);
                (_start, _end) = (0, _end - _start);
            }
            int received;
            try
            {
                received = await _socket.ReceiveAsync(_received.AsMemory(_end)).AsTask().WaitAsync(Deadline.Default);
            }
            catch (SocketException)
            {
                return false;
            }
            if (received == 0) return false;
            _end += received;
        }
        return true;
    }
}
