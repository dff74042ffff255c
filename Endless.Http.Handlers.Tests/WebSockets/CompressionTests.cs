using System.IO.Compression;
using System.Net.WebSockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.WebSockets;

/// <summary>permessage-deflate (RFC 7692); sections 12 and 13 of Autobahn's suite.</summary>
public sealed class CompressionTests
{
    [Theory]
    [InlineData("permessage-deflate", WebSocketCompression.ContextTakeover, "permessage-deflate")]
    [InlineData("permessage-deflate", WebSocketCompression.EachMessage, "permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate", WebSocketCompression.Off, null)]
    [InlineData("permessage-deflate; client_max_window_bits", WebSocketCompression.ContextTakeover, "permessage-deflate")]
    [InlineData("permessage-deflate; client_max_window_bits=10", WebSocketCompression.ContextTakeover, "permessage-deflate; client_max_window_bits=10")]
    [InlineData("permessage-deflate; client_no_context_takeover; server_no_context_takeover", WebSocketCompression.ContextTakeover, "permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; server_max_window_bits=15", WebSocketCompression.ContextTakeover, "permessage-deflate; server_max_window_bits=15")]
    [InlineData("permessage-deflate; server_max_window_bits=\"15\"", WebSocketCompression.ContextTakeover, "permessage-deflate; server_max_window_bits=15")]
    [InlineData("permessage-deflate; server_max_window_bits=10", WebSocketCompression.ContextTakeover, null)]
    [InlineData("permessage-deflate; server_max_window_bits=10, permessage-deflate; server_no_context_takeover", WebSocketCompression.ContextTakeover, "permessage-deflate; server_no_context_takeover")]
    [InlineData("permessage-deflate; server_max_window_bits=10\r\nSec-WebSocket-Extensions: permessage-deflate", WebSocketCompression.ContextTakeover, "permessage-deflate")]
    [InlineData("permessage-deflate; server_max_window_bits", WebSocketCompression.ContextTakeover, null)]
    [InlineData("permessage-deflate; server_max_window_bits=16", WebSocketCompression.ContextTakeover, null)]
    [InlineData("permessage-deflate; server_max_window_bits=015", WebSocketCompression.ContextTakeover, null)]
    [InlineData("permessage-deflate; client_max_window_bits=7", WebSocketCompression.ContextTakeover, null)]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits", WebSocketCompression.ContextTakeover, null)]
    [InlineData("permessage-deflate; client_no_context_takeover=1", WebSocketCompression.ContextTakeover, null)]
    [InlineData("permessage-deflate; what=1", WebSocketCompression.ContextTakeover, null)]
    [InlineData("permessage-deflate;", WebSocketCompression.ContextTakeover, null)]
    [InlineData("x-webkit-deflate-frame, permessage-deflate", WebSocketCompression.ContextTakeover, "permessage-deflate")]
    [InlineData("", WebSocketCompression.ContextTakeover, null)]
    public async Task An_offer_is_answered(string offer, WebSocketCompression compression, string? answer)
    {
        await using var server = await StartAsync(compression);
        using var client = await FrameClient.ConnectAsync(server, fields: $"Sec-WebSocket-Extensions: {offer}\r\n");
        if (answer is null) Assert.DoesNotContain("Sec-WebSocket-Extensions", client.Head);
        else Assert.Contains($"Sec-WebSocket-Extensions: {answer}\r\n", client.Head);
    }

    [Theory]
    [InlineData(WebSocketCompression.ContextTakeover, false)]
    [InlineData(WebSocketCompression.ContextTakeover, true)]
    [InlineData(WebSocketCompression.EachMessage, false)]
    public async Task Messages_of_all_sizes_and_kinds_come_back(WebSocketCompression compression, bool clientResets)
    {
        await using var server = await StartAsync(compression, 32 * 1024 * 1024);
        using var client = new ClientWebSocket();
        client.Options.DangerousDeflateOptions = new WebSocketDeflateOptions { ClientContextTakeover = !clientResets, ServerContextTakeover = !clientResets, ClientMaxWindowBits = 12 };
        await client.ConnectAsync(new Uri($"ws://{server.Url.Authority}/"), default).WaitAsync(Deadline.Default);
        var random = new Random(18);
        foreach (var size in (int[])[0, 1, 16, 63, 64, 125, 126, 1000, 4096, 65535, 65536, 131072, 1024 * 1024, 16 * 1024 * 1024])
        {
            foreach (var message in (byte[][])[Random(random, size), Encoding.ASCII.GetBytes(new string('a', size)), Words(random, size)])
            {
                await client.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, default).WaitAsync(Deadline.Default);
                var back = await ReceiveAsync(client);
                Assert.True(message.AsSpan().SequenceEqual(back), $"{size} bytes, seed 18");
            }
        }
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).WaitAsync(Deadline.Default);
    }

    [Fact]
    public async Task The_example_of_the_RFC_with_a_shared_window_is_read()
    {
        await using var server = await StartAsync(WebSocketCompression.ContextTakeover);
        using var client = await FrameClient.ConnectAsync(server, fields: "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        await client.SendAsync(FrameClient.Frame(0xc1, [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00])); // section 7.2.3.2
        Assert.Equal("81 Hello", await client.ReadTextAsync());
        await client.SendAsync(FrameClient.Frame(0xc1, [0xf2, 0x00, 0x11, 0x00, 0x00]));
        Assert.Equal("81 Hello", await client.ReadTextAsync());
        await client.SendAsync(FrameClient.Frame(0x41, [0xf2, 0x48]), FrameClient.Frame(0x89, "p"), FrameClient.Frame(0x80, [0xcd, 0xc9, 0xc9, 0x07, 0x00]));
        Assert.Equal("8a p", await client.ReadTextAsync());
        Assert.Equal("81 Hello", await client.ReadTextAsync());
        await client.SendAsync(FrameClient.Frame(0xc1, [0x00]), FrameClient.Frame(0x81, "plain"));
        Assert.Equal("81", await client.ReadTextAsync());
        Assert.Equal("81 plain", await client.ReadTextAsync());
    }

    [Theory]
    [InlineData(WebSocketCompression.ContextTakeover)]
    [InlineData(WebSocketCompression.EachMessage)]
    public async Task A_message_that_ends_the_stream_is_followed_by_others(WebSocketCompression compression)
    {
        await using var server = await StartAsync(compression);
        using var client = await FrameClient.ConnectAsync(server, fields: "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(FrameClient.Frame(0xc1, [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00])); // section 7.2.3.4
            Assert.Equal("81 Hello", await client.ReadTextAsync());
        }
    }

    [Fact]
    public async Task Without_an_agreement_a_compressed_message_is_a_mistake()
    {
        await using var server = await StartAsync(WebSocketCompression.ContextTakeover);
        using var client = await FrameClient.ConnectAsync(server);
        await client.SendAsync(FrameClient.Frame(0xc1, [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]));
        Assert.Equal("88 1002 A reserved bit is set.", await client.ReadTextAsync());
    }

    [Theory]
    [InlineData(0xc0)] // a continuation
    [InlineData(0xc9)]
    [InlineData(0xc8)]
    public async Task Only_the_first_frame_of_a_message_may_say_that_it_is_compressed(int first)
    {
        await using var server = await StartAsync(WebSocketCompression.ContextTakeover);
        using var client = await FrameClient.ConnectAsync(server, fields: "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        await client.SendAsync(FrameClient.Frame(0x01, "a"), FrameClient.Frame(first, ""));
        Assert.Equal("88 1002 A reserved bit is set.", await client.ReadTextAsync());
    }

    [Theory]
    [InlineData(WebSocketCompression.ContextTakeover)]
    [InlineData(WebSocketCompression.EachMessage)]
    public async Task A_zip_bomb_is_stopped_at_the_limit(WebSocketCompression compression)
    {
        await using var server = await StartAsync(compression, 64 * 1024);
        using var client = await FrameClient.ConnectAsync(server, fields: "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        await client.SendAsync(FrameClient.Frame(0xc2, Deflated(new byte[64 * 1024])));
        Assert.Equal(64 * 1024, (Inflated(await client.ReadAsync())).Length);
        await client.SendAsync(FrameClient.Frame(0xc2, Deflated(new byte[500 * 1024 * 1024])));
        Assert.Equal("88 1009 A message is too long.", await client.ReadTextAsync());
    }

    [Theory]
    [InlineData(0xc2, new byte[] { 0xff, 0xff, 0xff }, "88 1007 A message cannot be decompressed.")]
    [InlineData(0xc2, new byte[] { 0xf2, 0x00, 0x11, 0x00, 0x00, 0x07 }, "88 1007 A message cannot be decompressed.")]
    [InlineData(0xc1, new byte[] { 0xfa, 0x0f, 0x00 }, "88 1007 A text is not UTF-8.")] // 0xff
    public async Task What_cannot_be_inflated_ends_the_socket(int first, byte[] payload, string expected)
    {
        await using var server = await StartAsync(WebSocketCompression.EachMessage);
        using var client = await FrameClient.ConnectAsync(server, fields: "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        await client.SendAsync(FrameClient.Frame(first, payload));
        Assert.Equal(expected, await client.ReadTextAsync());
    }

    [Fact]
    public async Task A_compressed_message_can_be_read_in_parts()
    {
        var sizes = new List<int>();
        var whole = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r, new WebSocketOptions { Compression = WebSocketCompression.EachMessage, MaxMessageBytes = 1000 });
            var bytes = new List<byte>();
            while (await socket!.ReceivePartAsync() is { } part)
            {
                sizes.Add(part.Data.Length);
                bytes.AddRange(part.Data.Span);
                if (part.IsEnd) whole.TrySetResult([.. bytes]);
            }
        });
        using var client = await FrameClient.ConnectAsync(server, fields: "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        var message = Words(new Random(18), 300_000);
        await client.SendAsync(FrameClient.Frame(0xc1, Deflated(message)));
        var back = await whole.Task.WaitAsync(Deadline.Default);
        Assert.True(message.AsSpan().SequenceEqual(back));
        Assert.All(sizes, size => Assert.InRange(size, 0, 16 * 1024));
    }

    private static Task<TestServer> StartAsync(WebSocketCompression compression, int maxMessageBytes = 1024 * 1024) => TestServer.StartAsync(async (w, r) =>
    {
        await using var socket = await WebSocket.AcceptAsync(w, r, new WebSocketOptions { Compression = compression, MaxMessageBytes = maxMessageBytes });
        if (socket is null) return;
        await foreach (var message in socket.Messages()) await socket.SendAsync(message);
    });

    internal static async Task<byte[]> ReceiveAsync(System.Net.WebSockets.WebSocket client)
    {
        var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var received = await client.ReceiveAsync(buffer, default).WaitAsync(Deadline.Default);
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage) return message.ToArray();
        }
    }

    private static byte[] Deflated(byte[] message)
    {
        var bytes = new MemoryStream();
        using (var stream = new DeflateStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(message);
            stream.Flush();
        }
        // Up to the flush: what the end of the stream adds is not sent.
        var flushed = bytes.ToArray();
        var end = flushed.AsSpan().LastIndexOf(new byte[] { 0x00, 0x00, 0xff, 0xff });
        return flushed[..end];
    }

    private static byte[] Inflated((int First, byte[] Payload)? frame)
    {
        using var stream = new DeflateStream(new MemoryStream([.. frame!.Value.Payload, 0x00, 0x00, 0xff, 0xff]), CompressionMode.Decompress);
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static byte[] Random(Random random, int size)
    {
        var bytes = new byte[size];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Words(Random random, int size)
    {
        var text = new StringBuilder();
        while (text.Length < size) text.Append(((string[])["price ", "volume ", "{\"id\": ", "bid ", "ask "])[random.Next(5)]);
        return Encoding.ASCII.GetBytes(text.ToString(0, size));
    }
}
