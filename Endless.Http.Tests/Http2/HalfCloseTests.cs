using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using Endless.Http.Http1;
using Endless.Http.Http2;
using Endless.Http.Http2.Frames;
using Endless.Http.Semantics;
using Endless.Http.Tests.Protocols;
using Endless.Http.Tests.Server;
using Endless.Http.Tests.Tls;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Http2;

/// <summary>A client that ends its side of the connection (a FIN) and still reads is answered, one that is gone is not waited for.</summary>
public sealed class HalfCloseTests
{
    private static readonly TimeSpan Deadline = ServerFixture.Deadline;

    private static async Task<ServerFixture> StartAsync(AsyncHandlerFunc handler, Action<EndlessServer>? configure = null)
    {
        var server = new ServerFixture("127.0.0.1:0", Handler.From(handler));
        configure?.Invoke(server.Server);
        await server.StartAsync();
        return server;
    }

    private static async Task<(Socket Socket, Http2Client Client)> ConnectAsync(ServerFixture server, params Setting[] settings)
    {
        var socket = await server.ConnectAsync();
        var stream = new NetworkStream(socket);
        var client = new Http2Client(PipeWriter.Create(stream), PipeReader.Create(stream));
        await client.HandshakeAsync(settings);
        return (socket, client);
    }

    private static void AssertQuietLog(ServerFixture server) => Assert.DoesNotContain(server.Log.Entries, e => e.Level > LogLevel.Information);

    private static async Task AssertNothingIsHeldAsync(ServerFixture server) =>
        await Endless.Http.Load.Deadline.UntilAsync(() => server.Server.Stats.Connections == 0, "the connection is let go", Deadline);

    /// <summary>A handler that goes on when the client's half-close has arrived.</summary>
    private static async Task CancelledAsync(Request request)
    {
        var cancelled = new TaskCompletionSource();
        using var registration = request.Cancellation.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Every_request_before_a_half_close_is_answered_in_full_and_the_connection_ends()
    {
        using var server = await StartAsync(async (w, r) =>
        {
            await CancelledAsync(r);
            for (var i = 0; i < 4; i++) await w.WriteAsync(r.Path);
            w.Trailers.Set("X-End", "1");
        });
        var (socket, client) = await ConnectAsync(server);
        client.Request(1, path: "/one");
        client.Request(3, path: "/three");
        client.Request(5, "POST", "/five", endStream: false);
        client.Frames.WriteData(5, "body"u8, endStream: true);
        await client.SendAsync();
        socket.Shutdown(SocketShutdown.Send);
        var responses = await client.ReadResponsesAsync(1, 3, 5);
        Assert.Equal(["/one/one/one/one", "/three/three/three/three", "/five/five/five/five"], responses.Values.Select(r => r.Text));
        await client.ExpectEndAsync();
        AssertQuietLog(server);
        await AssertNothingIsHeldAsync(server);
    }

    [Fact]
    public async Task A_response_within_the_windows_follows_a_half_close_whatever_its_size()
    {
        const int Length = 4_000_000;
        using var server = await StartAsync(async (w, r) =>
        {
            await CancelledAsync(r);
            await w.WriteAsync(new byte[Length]);
        });
        var (socket, client) = await ConnectAsync(server, new Setting(SettingId.InitialWindowSize, int.MaxValue));
        client.Frames.WriteWindowUpdate(0, Length);
        client.Request(1);
        await client.SendAsync();
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(Length, (await client.ReadResponseAsync(1)).Body.Count);
        await client.ExpectEndAsync();
    }

    [Theory]
    [InlineData(100, 0)] // of the streams
    [InlineData(1_000_000, 0)] // of the connection
    [InlineData(100, 1)] // the window is known to be shut before the half-close
    public async Task What_the_windows_do_not_allow_is_cut_short_behind_a_half_close(int window, int first)
    {
        var failed = new TaskCompletionSource();
        using var server = await StartAsync(async (w, r) =>
        {
            try
            {
                if (first == 0) await CancelledAsync(r);
                await w.WriteAsync(new byte[100_000]);
                await w.WriteAsync(new byte[1]);
            }
            finally
            {
                failed.SetResult();
            }
        });
        var (socket, client) = await ConnectAsync(server, new Setting(SettingId.InitialWindowSize, (uint)window));
        client.Request(1);
        await client.SendAsync();
        if (first > 0) Assert.Equal(FrameType.Headers, (await client.ReadAsync()).Type);
        socket.Shutdown(SocketShutdown.Send);
        await client.ExpectResetAsync(1, ErrorCode.Cancel);
        await client.ExpectEndAsync();
        await failed.Task.WaitAsync(Deadline);
        await AssertNothingIsHeldAsync(server);
    }

    /// <summary>Cut short while it had its turn to send, a stream leaves that behind, and the next request has the same stream.</summary>
    [Fact]
    public async Task What_waits_is_cut_short_although_an_earlier_response_left_its_turn()
    {
        await using var server = new Http2Fixture(async (w, r) =>
        {
            if (r.Path == "/late") await CancelledAsync(r);
            await w.FlushAsync(); // with nothing more in the output, no send makes the stream be looked at
            await w.WriteAsync(new byte[100_000]);
        });
        var client = server.Client;
        await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 1_000_000));
        client.Request(1);
        await client.SendAsync();
        var left = 65_535; // the connection's window, and the stream's is not shut
        while (left > 0)
            if (await client.ReadAsync() is { Type: FrameType.Data } frame) left -= frame.Payload.Length;
        client.Frames.WriteRstStream(1, ErrorCode.Cancel);
        await client.SendAsync();
        await Endless.Http.Load.Deadline.UntilAsync(() => server.Budget.Streams.Used == 0, "the first request is over");
        client.Request(3, path: "/late");
        await client.SendAsync();
        await client.PingAsync();
        server.Connection.CloseByClient();
        await client.ExpectResetAsync(3, ErrorCode.Cancel);
        await server.OutcomeAsync();
    }

    [Fact]
    public async Task A_half_close_within_a_body_fails_the_read_and_the_client_is_told()
    {
        using var server = await StartAsync(async (w, r) => await w.WriteAsync(await r.ReadBodyAsync()));
        var (socket, client) = await ConnectAsync(server);
        client.Request(1, "POST", "/", endStream: false);
        client.Frames.WriteData(1, "half"u8, endStream: false);
        await client.SendAsync();
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(400, (await client.ReadResponseAsync(1)).Status);
        await client.ExpectEndAsync();
        AssertQuietLog(server);
    }

    [Fact]
    public async Task A_response_held_for_the_rest_of_its_request_goes_out_at_a_half_close()
    {
        using var server = await StartAsync((w, r) => w.WriteAsync("early"));
        var (socket, client) = await ConnectAsync(server);
        client.Request(1, "POST", "/", endStream: false, ("content-length", "100000"));
        await client.SendAsync();
        await client.PingAsync(); // held by now
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("early", (await client.ReadResponseAsync(1)).Text);
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task A_client_that_is_gone_for_good_holds_neither_a_handler_nor_the_connection()
    {
        var wait = new TaskCompletionSource();
        var writes = new TaskCompletionSource();
        using var server = await StartAsync(async (w, r) =>
        {
            var done = r.Path == "/wait" ? wait : writes;
            try
            {
                if (r.Path == "/wait") await Task.Delay(Timeout.Infinite, r.Cancellation);
                // Takes no notice of its cancellation; the first writes reach a socket that is closed.
                while (true)
                {
                    await w.WriteAsync("event");
                    await w.FlushAsync();
                }
            }
            finally
            {
                done.SetResult();
            }
        });
        var (socket, client) = await ConnectAsync(server, new Setting(SettingId.InitialWindowSize, int.MaxValue));
        client.Frames.WriteWindowUpdate(0, int.MaxValue - 65_535);
        client.Request(1, path: "/wait");
        client.Request(3, path: "/write");
        await client.SendAsync();
        Assert.Equal(3, (await client.ReadAnswerAsync()).StreamId);
        socket.Close();
        await Task.WhenAll(wait.Task, writes.Task).WaitAsync(Deadline);
        await AssertNothingIsHeldAsync(server);
        AssertQuietLog(server);
    }

    [Fact]
    public async Task A_client_that_half_closes_and_does_not_read_is_let_go_by_WriteTimeout()
    {
        using var server = await StartAsync(
            (w, r) => w.WriteAsync(new byte[50_000_000]),
            s => s.WriteTimeout = TimeSpan.FromMilliseconds(300));
        var (socket, client) = await ConnectAsync(server, new Setting(SettingId.InitialWindowSize, int.MaxValue));
        client.Frames.WriteWindowUpdate(0, int.MaxValue - 65_535);
        client.Request(1);
        await client.SendAsync();
        socket.Shutdown(SocketShutdown.Send);
        await AssertNothingIsHeldAsync(server);
    }

    [Fact]
    public async Task A_client_that_breaks_the_rules_and_half_closes_can_read_why()
    {
        await using var server = new Http2Fixture();
        await server.Client.HandshakeAsync();
        server.Client.Frames.WriteFrame(FrameType.PushPromise, FrameFlags.None, 1, new byte[4]);
        // In one piece with the end, and so before the engine looks: on a socket more would be unread.
        server.Connection.ToServer.Write(server.Client.Frames.Written.Span);
        server.Connection.CloseByClient();
        await server.Client.ExpectGoAwayAsync(ErrorCode.ProtocolError);
        await server.OutcomeAsync();
        Assert.True(server.Connection.IsWriteShutDown);
    }

    /// <summary>The request comes with the preface, so the handler blocks the thread that would see the connection to its end.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_handler_that_waits_with_its_thread_is_released_when_its_client_is_gone(bool writes)
    {
        var released = new TaskCompletionSource();
        using var server = new ServerFixture("127.0.0.1:0", Handler.From((w, r) =>
        {
            try
            {
                if (writes) Array.ForEach(new byte[64], _ => w.Write(new byte[64 * 1024]));
                else _ = r.BodyStream.Read(new byte[1]);
            }
            finally
            {
                released.SetResult();
            }
        }));
        await server.StartAsync();
        using (var socket = await server.ConnectAsync())
        {
            var stream = new NetworkStream(socket);
            var client = new Http2Client(PipeWriter.Create(stream), PipeReader.Create(stream));
            client.Request(1, "POST", endStream: writes);
            await client.HandshakeAsync(new Setting(SettingId.InitialWindowSize, 0));
            Assert.False(released.Task.IsCompleted);
        }
        await released.Task.WaitAsync(Deadline);
        await AssertNothingIsHeldAsync(server);
    }

    [Fact]
    public async Task A_half_close_of_TLS_is_answered_in_full_as_well()
    {
        var context = new ProtocolContext
        {
            Handler = Handler.From(async (w, r) =>
            {
                await CancelledAsync(r);
                await w.WriteAsync(r.Path);
            }),
            Logger = new RecordingLogger(),
        };
        using var server = new TlsFixture(connection => new Http2Connection(connection, context).ServeAsync());
        await using var stream = await server.ConnectTlsAsync(o => o.ApplicationProtocols = [SslApplicationProtocol.Http2]);
        var client = new Http2Client(PipeWriter.Create(stream), PipeReader.Create(stream)) { Scheme = "https" };
        await client.HandshakeAsync();
        client.Request(1, path: "/tls");
        await client.SendAsync();
        await stream.ShutdownAsync(); // close_notify
        Assert.Equal("/tls", (await client.ReadResponseAsync(1)).Text);
        await client.ExpectEndAsync();
    }
}
