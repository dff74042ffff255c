using System.Globalization;
using System.IO.Pipelines;
using Endless.Http.Connections;
using Endless.Http.Semantics;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Http1;

/// <summary>A handler that leaves its request's body unread: 256 KiB are thrown away so that the connection can go on.</summary>
public sealed class UnreadBodyTests
{
    private const int Limit = 256 * 1024;
    private static readonly HandlerFunc Ignore = (w, r) => w.Write("ignored");

    private static string Head(int length) => string.Create(CultureInfo.InvariantCulture, $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");

    private static string Chunked(int length) =>
        string.Create(CultureInfo.InvariantCulture, $"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{new string('a', length)}\r\n0\r\n\r\n");

    [Fact]
    public async Task It_is_thrown_away_up_to_the_limit()
    {
        await using var server = new Http1Fixture(Ignore);
        foreach (var request in new[] { Head(5) + "hello", Head(Limit) + new string('a', Limit), Chunked(5), Chunked(Limit) })
        {
            var response = await server.RoundTripAsync(request);
            Assert.Equal("ignored", response.Text);
            Assert.False(response.Has("Connection"));
        }
    }

    [Fact]
    public async Task The_answer_does_not_wait_for_a_body_of_known_length()
    {
        await using var server = new Http1Fixture(Ignore);
        await server.SendAsync(Head(5));
        Assert.Equal("ignored", (await server.Client.ReadAsync()).Text);
        await server.SendAsync("hello" + Head(0));
        Assert.Equal("ignored", (await server.Client.ReadAsync()).Text);
    }

    [Fact]
    public async Task The_answer_does_not_wait_for_a_chunked_body_that_trickles()
    {
        await using var server = new Http1Fixture(Ignore, new ProtocolLimits { MinBodyBytesPerSecond = 0 }, new ProtocolTimeouts { Discard = 100, Linger = 50 });
        await server.SendAsync(Chunked(100)[..^50]);
        var response = await server.Client.ReadAsync();
        Assert.Equal((200, "ignored", "close"), (response.Status, response.Text, response["Connection"]));
        await server.Client.AssertEndAsync();
        Assert.Equal(ConnectionOutcome.Close, await server.OutcomeAsync());
        server.AssertQuietLog();
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(100_000)]
    [InlineData(1_000)]
    public async Task A_fault_beyond_the_limit_is_not_looked_for_however_the_bytes_are_cut(int part)
    {
        await using var server = new Http1Fixture(Ignore, timeouts: new ProtocolTimeouts { Linger = 50 });
        var request = Chunked(Limit + 100_000).Replace("\r\n0\r\n\r\n", "no chunk", StringComparison.Ordinal);
        foreach (var piece in request.Chunk(part)) await server.SendAsync(new string(piece));
        var response = await server.Client.ReadAsync();
        Assert.Equal((200, "ignored", "close"), (response.Status, response.Text, response["Connection"]));
        await server.Client.AssertEndAsync();
        Assert.Equal(ConnectionOutcome.Close, await server.OutcomeAsync());
    }

    [Fact]
    public async Task Beyond_the_limit_the_connection_closes_so_that_the_client_can_read_the_answer()
    {
        foreach (var request in new[] { Head(Limit + 1), Chunked(Limit + 100)[..^5] })
        {
            await using var server = new Http1Fixture(Ignore, timeouts: new ProtocolTimeouts { Linger = 10_000 });
            await server.SendAsync(request);
            var response = await server.Client.ReadAsync();
            Assert.Equal("ignored", response.Text);
            Assert.Equal("close", response["Connection"]);
            await server.Client.AssertEndAsync();
            Assert.True(server.Connection.IsWriteShutDown);
            Assert.False(server.Serving.IsCompleted);

            // What still comes is read and thrown away, so that no reset meets the answer.
            for (var i = 0; i < 10; i++) await server.SendAsync(new string('a', 100_000));
            Assert.False(server.Serving.IsCompleted);
            server.Connection.CloseByClient();
            Assert.Equal(ConnectionOutcome.Close, await server.OutcomeAsync());
            server.AssertQuietLog();
        }
    }

    [Fact]
    public async Task The_wait_for_the_client_is_short()
    {
        await using var server = new Http1Fixture(Ignore, timeouts: new ProtocolTimeouts { Linger = 50 });
        await server.SendAsync(Head(Limit + 1));
        Assert.Equal(ConnectionOutcome.Close, await server.OutcomeAsync());
    }

    [Fact]
    public async Task The_wait_for_the_client_is_bounded_in_bytes()
    {
        await using var server = new Http1Fixture(Ignore, timeouts: new ProtocolTimeouts { Linger = 600_000 });
        await server.SendAsync("GET / HTTP/0.1\r\n\r\n");
        var block = new byte[1 << 20];
        for (var i = 0; i < 64; i++) await server.SendAsync(block);
        Assert.Equal(ConnectionOutcome.Close, await server.OutcomeAsync());
    }

    [Fact]
    public async Task A_body_that_was_read_half_is_thrown_away_too()
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            var result = await r.Body.ReadAsync();
            r.Body.AdvanceTo(result.Buffer.GetPosition(2));
            w.Write("half");
        });
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("half", (await server.RoundTripAsync(Head(5) + "hello")).Text);
            Assert.Equal("half", (await server.RoundTripAsync(Chunked(5))).Text);
        }
    }

    [Fact]
    public async Task A_response_that_began_early_ends_before_the_rest_of_the_body_is_thrown_away()
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            w.Write("early");
            await w.FlushAsync();
        });
        foreach (var (head, rest) in new[] { (Head(5), "hello"), ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n0\r\n\r\n") })
        {
            await server.SendAsync(head);
            Assert.Equal("early", (await server.Client.ReadAsync()).Text);
            await server.SendAsync(rest);
        }
        Assert.Equal("early", (await server.RoundTripAsync(Head(0))).Text);
    }

    /// <summary>A handler that returns while it still reads: whose read it was must be done with the connection's blocks before they are used for anything else.</summary>
    [Theory]
    [InlineData("Content-Length: 10\r\n\r\nhello", "world")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello", "\r\n5\r\nworld\r\n0\r\n\r\n")]
    public async Task A_read_that_is_left_behind_ends_before_the_response_does(string body, string rest)
    {
        var scheduler = new HeldScheduler();
        Task? reading = null;
        await using var server = new Http1Fixture(Handler.From(async (w, r) =>
        {
            if (r.Method == "GET") return;
            var read = await r.Body.ReadAsync();
            r.Body.AdvanceTo(read.Buffer.End);
            scheduler.IsHeld = true;
            reading = r.Body.ReadAsync().AsTask();
        }), scheduler: scheduler);
        await server.SendAsync("POST /upload HTTP/1.1\r\nHost: a\r\n" + body);
        Assert.False(reading!.IsCompleted);
        Assert.False(server.Connection.FromServer.TryRead(out _));

        scheduler.Release();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => reading).WaitAsync(ResponseReader.Deadline);
        Assert.Contains("POST /upload", refused.Message, StringComparison.Ordinal);
        Assert.Contains("POST /upload", Assert.Single(server.Logger.Entries, e => e.Level == LogLevel.Error).Text, StringComparison.Ordinal);
        // The connection goes on: what was left of the body is thrown away.
        await server.SendAsync(rest + "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, (await server.Client.ReadAsync()).Status);
        Assert.Equal(200, (await server.Client.ReadAsync()).Status);
    }

    /// <summary>Runs what it is given at once, or keeps it for later.</summary>
    private sealed class HeldScheduler : PipeScheduler
    {
        private readonly Queue<Action> _kept = new();

        public bool IsHeld { get; set; }

        public void Release()
        {
            IsHeld = false;
            while (_kept.TryDequeue(out var action)) action();
        }

        public override void Schedule(Action<object?> action, object? state)
        {
            if (IsHeld) _kept.Enqueue(() => action(state));
            else action(state);
        }
    }
}
