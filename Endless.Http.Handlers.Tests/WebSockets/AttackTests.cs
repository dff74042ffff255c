using System.Buffers.Binary;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.WebSockets;

/// <summary>Clients that mean no good.</summary>
public sealed class AttackTests(EchoServer echo) : IClassFixture<EchoServer>
{
    [Theory]
    [InlineData(1024 * 1024 + 1L)]
    [InlineData(long.MaxValue)]
    public async Task A_huge_length_is_refused_by_the_head_alone(long length)
    {
        using var client = await FrameClient.ConnectAsync(echo.Server, echo.NextPath());
        byte[] head = [0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4];
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(2), length);
        await client.SendAsync(head);
        Assert.Equal("88 1009 A message is too long.", await client.ReadTextAsync());
    }

    [Theory]
    [InlineData(new byte[] { 0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1 }, "88 1002 A length has its highest bit set.")]
    [InlineData(new byte[] { 0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff }, "88 1002 A length is in more bytes than it takes.")]
    [InlineData(new byte[] { 0x82, 0xfe, 0, 125 }, "88 1002 A length is in more bytes than it takes.")]
    [InlineData(new byte[] { 0x81, 0x05 }, "88 1002 A frame is not masked.")]
    [InlineData(new byte[] { 0x47, 0x45 }, "88 1002 A reserved bit is set.")] // GET
    public async Task A_head_that_breaks_the_rules_is_refused(byte[] head, string expected)
    {
        using var client = await FrameClient.ConnectAsync(echo.Server, echo.NextPath());
        await client.SendAsync(head);
        Assert.Equal(expected, await client.ReadTextAsync());
    }

    [Fact]
    public async Task Fragments_together_are_bounded()
    {
        using var client = await FrameClient.ConnectAsync(echo.Server, echo.NextPath());
        var piece = new byte[256 * 1024];
        await client.SendAsync(FrameClient.Frame(0x02, piece), FrameClient.Frame(0x00, piece), FrameClient.Frame(0x00, piece), FrameClient.Frame(0x00, piece), FrameClient.Frame(0x00, "x"));
        Assert.Equal("88 1009 A message is too long.", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Empty_fragments_without_end_are_refused()
    {
        using var client = await FrameClient.ConnectAsync(echo.Server, echo.NextPath());
        await client.SendAsync([FrameClient.Frame(0x01, ""), .. Enumerable.Repeat(FrameClient.Frame(0x00, ""), 1000)]);
        Assert.Equal("88 1008 A message has too many empty fragments.", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Pings_that_flood_are_answered_by_the_last_ones()
    {
        using var client = await FrameClient.ConnectAsync(echo.Server, echo.NextPath());
        var sending = client.SendAsync([.. Enumerable.Range(0, 50_000).Select(i => FrameClient.Frame(0x89, $"{i}")), FrameClient.Frame(0x81, "done")]);
        var pongs = 0;
        var last = "";
        while (await client.ReadTextAsync() is var frame && frame != "81 done")
        {
            Assert.StartsWith("8a ", frame);
            (last, pongs) = (frame, pongs + 1);
        }
        await sending;
        Assert.Equal("8a 49999", last);
        Assert.InRange(pongs, 1, 50_000);
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_up_its_sender_alone()
    {
        var sent = 0;
        var over = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r, new WebSocketOptions { PeerTimeout = TimeSpan.FromMilliseconds(500) });
            while (await socket!.SendBinaryAsync(new byte[100_000])) Interlocked.Increment(ref sent);
            over.SetResult(socket.CloseCode);
        });
        using var client = await FrameClient.ConnectAsync(server);
        Assert.Equal(WebSocketCloseCodes.Abnormal, await over.Task.WaitAsync(Deadline.Default));
        Assert.InRange(sent, 0, 200); // what the kernel holds for it
    }

    [Fact]
    public async Task A_client_that_answers_no_ping_is_gone()
    {
        var over = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var options = new WebSocketOptions { PingInterval = TimeSpan.FromMilliseconds(50), PeerTimeout = TimeSpan.FromMilliseconds(300) };
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            await using var socket = await WebSocket.AcceptAsync(w, r, options);
            Assert.Null(await socket!.ReceiveAsync());
            over.SetResult(socket.CloseCode);
        });
        using var client = await FrameClient.ConnectAsync(server);
        Assert.Equal("89", await client.ReadTextAsync());
        await client.SendAsync(FrameClient.Frame(0x8a, ""));
        Assert.Equal("89", await client.ReadTextAsync());
        Assert.Equal("end", await client.ReadTextAsync());
        Assert.Equal(WebSocketCloseCodes.Abnormal, await over.Task.WaitAsync(Deadline.Default));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0x81 })]
    [InlineData(new byte[] { 0x81, 0x85, 1, 2, 3, 4, 5 })]
    public async Task A_client_that_is_gone_in_the_middle_ends_the_receive(byte[] begun)
    {
        var path = echo.NextPath();
        using var client = await FrameClient.ConnectAsync(echo.Server, path);
        await client.SendAsync(begun);
        client.CloseSending();
        Assert.Equal("end", await client.ReadTextAsync());
        Assert.Equal((WebSocketCloseCodes.Abnormal, ""), await echo.EndedAsync(path));
    }

    [Fact]
    public async Task Whatever_bytes_come_the_server_goes_on()
    {
        const int seed = 1812;
        var random = new Random(seed);
        for (var i = 0; i < 300; i++)
        {
            using var client = await FrameClient.ConnectAsync(echo.Server, "/any");
            var bytes = new byte[random.Next(1, 300)];
            random.NextBytes(bytes);
            if (i % 2 == 0) bytes[0] = (byte)(random.Next(2) * 0x80 + random.Next(3)); // a frame that may be right
            if (i % 2 == 0 && bytes.Length > 1) bytes[1] |= 0x80;
            await client.SendAsync(bytes);
            client.CloseSending();
            while (await client.ReadAsync() is not null) { }
        }
        using var last = await FrameClient.ConnectAsync(echo.Server, "/any");
        await last.SendAsync(FrameClient.Frame(0x81, "still here"));
        Assert.Equal("81 still here", await last.ReadTextAsync());
    }
}
