using System.Net.Sockets;
using System.Text;
using Endless.Http.Tests.Http1;

namespace Endless.Http.Tests.Abuse;

/// <summary>
/// What one client can do to a server while another is served. Each abuse is repeated: every time all descriptors are free again afterwards, and after a few times
/// the memory stays within a tenth of what it was. A heap grows to its working size and stays there; a leak goes on.
/// </summary>
public sealed class AbuseTests
{
    private static readonly byte[] Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    private static async Task AssertHarmlessAsync(Func<AbusedServer, Task> abuse, params string[] options)
    {
        await using var server = await AbusedServer.StartAsync(options);
        await server.AssertAnswersAsync();
        var descriptors = server.Descriptors;
        var sizes = new List<long>();
        while (sizes.Count < 10)
        {
            await abuse(server);
            await server.AssertAnswersAsync();
            await server.DescriptorsBackToAsync(descriptors);
            var size = server.Memory;
            if (sizes.Count > 0 && size <= sizes.Max() * 11 / 10) return;
            sizes.Add(size);
        }
        Assert.Fail("Memory grows with each repetition: " + string.Join(", ", sizes));
    }

    private static async Task WithConnectionsAsync(AbusedServer server, int count, Func<Socket, int, Task> use, Func<Task>? meanwhile = null)
    {
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < count; i++) sockets.Add(await server.ConnectAsync());
            for (var i = 0; i < count; i++) await use(sockets[i], i);
            if (meanwhile is not null) await meanwhile();
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }
    }

    [Fact]
    public Task Ten_thousand_idle_connections() => AssertHarmlessAsync(server => WithConnectionsAsync(server, 10_000,
        async (socket, i) =>
        {
            // Half of them have said nothing, half have been served once.
            if (i % 2 == 0) Assert.StartsWith("HTTP/1.1 200", await AbusedServer.AskAsync(socket, Get), StringComparison.Ordinal);
        },
        server.AssertAnswersAsync));

    [Fact]
    public Task Ten_thousand_connects_that_say_nothing() => AssertHarmlessAsync(async server =>
    {
        for (var i = 0; i < 10_000; i++)
        {
            using var socket = await server.ConnectAsync();
            if (i % 2_000 == 0) await server.AssertAnswersAsync();
        }
    });

    [Fact]
    public Task Resets_at_every_stage() => AssertHarmlessAsync(async server =>
    {
        string[] stages =
        [
            "", "G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /slow?ms=50 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /big?n=10000000 HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
            "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", "POST /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc", "\0", "GET / HTTP/9.9\r\n\r\n",
            "\x16\x03\x01\x02", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ];
        for (var round = 0; round < 40; round++)
        {
            foreach (var stage in stages)
            {
                using var socket = await server.ConnectAsync();
                socket.LingerState = new LingerOption(true, 0); // a close is a reset
                if (stage.Length > 0) await socket.SendAsync(Encoding.Latin1.GetBytes(stage));
                if (round % 4 == 0) await Task.Yield();
                if (round % 4 == 1) await Task.Delay(1);
            }
        }
    });

    [Fact]
    public Task Clients_that_never_read() => AssertHarmlessAsync(server => WithConnectionsAsync(server, 64,
        async (socket, _) => await socket.SendAsync("GET /big?n=1000000000 HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray()),
        async () =>
        {
            for (var i = 0; i < 20; i++) await server.AssertAnswersAsync();
            // Back-pressure: what 64 unread gigabytes hold is in the kernel's buffers.
            Assert.InRange(server.Memory, 0, 150 << 20);
        }));

    [Fact]
    public Task Slow_readers_of_big_responses() => AssertHarmlessAsync(async server =>
    {
        // All at once: each waits most of the time for its window of a few kilobytes to open.
        var reading = new List<Task>();
        await WithConnectionsAsync(server, 16,
            (socket, _) =>
            {
                reading.Add(ReadSlowlyAsync(socket));
                return Task.CompletedTask;
            },
            async () =>
            {
                await server.AssertAnswersAsync();
                await Task.WhenAll(reading);
                await server.AssertAnswersAsync();
            });

        static async Task ReadSlowlyAsync(Socket socket)
        {
            socket.ReceiveBufferSize = 4096;
            await socket.SendAsync("GET /big?n=1000000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
            var buffer = new byte[1000];
            for (var i = 0; i < 50; i++) Assert.NotEqual(0, await socket.ReceiveAsync(buffer).WaitAsync(ResponseReader.Deadline));
        }
    });

    [Fact]
    public Task Pipelines_of_ten_thousand_requests() => AssertHarmlessAsync(async server =>
    {
        const int Requests = 10_000;
        using var socket = await server.ConnectAsync();
        var sending = Task.Run(async () =>
        {
            await socket.SendAsync(Enumerable.Repeat(Get, Requests).SelectMany(b => b).ToArray());
            socket.Shutdown(SocketShutdown.Send);
        });
        await server.AssertAnswersAsync();
        var answers = 0;
        var buffer = new byte[64 * 1024];
        var text = new StringBuilder();
        while (await socket.ReceiveAsync(buffer).WaitAsync(ResponseReader.Deadline) is > 0 and var count) text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        for (var at = text.ToString().AsSpan(); at.IndexOf("HTTP/1.1 200 OK\r\n") is >= 0 and var next; at = at[(next + 10)..]) answers++;
        await sending;
        Assert.Equal(Requests, answers);
    });

    [Fact]
    public Task A_flood_of_malformed_requests() => AssertHarmlessAsync(async server =>
    {
        for (var i = 0; i < 2_000; i++)
        {
            using var socket = await server.ConnectAsync();
            Assert.StartsWith("HTTP/1.1 400", await AbusedServer.AskAsync(socket, "GET / HTTP/1.1\nHost: a\r\n\r\n"u8.ToArray()), StringComparison.Ordinal);
            if (i % 500 == 0) await server.AssertAnswersAsync();
        }
    });

    [Fact]
    public Task Heads_that_never_end() => AssertHarmlessAsync(server => WithConnectionsAsync(server, 500,
        async (socket, _) => await socket.SendAsync(Encoding.Latin1.GetBytes("GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('x', 2_000))),
        async () =>
        {
            await server.AssertAnswersAsync();
            await server.DescriptorsBackToAsync(200); // each is answered with a 408 and closed
        }), "--header-timeout", "1000");

    [Fact]
    public Task Fields_whose_names_are_alike() => AssertHarmlessAsync(async server =>
    {
        // Nothing is hashed: ninety names of one length and one hash cost what any ninety do.
        var request = Encoding.Latin1.GetBytes("GET / HTTP/1.1\r\nHost: a\r\n" + string.Concat(Enumerable.Range(0, 90).Select(i => $"Aa{i:00}BB: x\r\n")) + "\r\n");
        using var socket = await server.ConnectAsync();
        for (var i = 0; i < 1_000; i++) Assert.StartsWith("HTTP/1.1 200", await AbusedServer.AskAsync(socket, request), StringComparison.Ordinal);
    });
}
