using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Http2.Frames;
using Endless.Http.Tests.Http1;
using Endless.Http.Tests.Http2;
using Endless.Http.Tests.Tls;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Server;

/// <summary>A server that has as many connections as it may: who waits for a request makes room, who has one under way does not.</summary>
public sealed class MakeRoomTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static async Task<ServerFixture> StartAsync(int connections, IHandler? handler = null, bool tls = false)
    {
        var fixture = new ServerFixture("127.0.0.1:0", handler ?? Handler.From((w, r) => w.Write("hello")));
        fixture.Server.MaxConnections = connections;
        if (tls) fixture.Server.TlsOptions = new() { Certificate = TlsCertificate.From(TlsFixture.Authority.Issue("localhost")) };
        await fixture.StartAsync(tls ? fixture.Server.ListenAndServeTLSAsync() : fixture.Server.ListenAndServeAsync());
        return fixture;
    }

    private static async Task<(Socket Socket, ResponseReader Reader)> ClientAsync(ServerFixture server, string? send = null)
    {
        var socket = await server.ConnectAsync();
        if (send is not null) await socket.SendAsync(Encoding.ASCII.GetBytes(send));
        return (socket, new ResponseReader(PipeReader.Create(new NetworkStream(socket))));
    }

    private static Task CountAsync(ServerFixture server, Func<ServerStats, bool> condition, string what) => Endless.Http.Load.Deadline.UntilAsync(() => condition(server.Server.Stats), what);

    [Fact]
    public async Task The_one_that_has_waited_longest_is_closed_and_the_new_one_is_served()
    {
        using var server = await StartAsync(2);
        var first = await ClientAsync(server, Get);
        Assert.Equal(200, (await first.Reader.ReadAsync()).Status);
        await CountAsync(server, stats => stats.Idle == 1, "the first is idle");
        var before = Environment.TickCount64;
        await Endless.Http.Load.Deadline.UntilAsync(() => Environment.TickCount64 > before, "the clock has moved");
        var second = await ClientAsync(server, Get);
        Assert.Equal(200, (await second.Reader.ReadAsync()).Status);

        var third = await ClientAsync(server, Get);
        Assert.Equal(200, (await third.Reader.ReadAsync()).Status);
        await first.Reader.AssertEndAsync();
        await second.Socket.SendAsync(Encoding.ASCII.GetBytes(Get));
        Assert.Equal(200, (await second.Reader.ReadAsync()).Status);
        await CountAsync(server, stats => stats is { Shed: 1, Connections: 2 }, "one was shed");
    }

    [Fact]
    public async Task Clients_that_say_nothing_keep_nobody_out()
    {
        using var server = await StartAsync(4);
        var silent = new List<(Socket Socket, ResponseReader Reader)>();
        for (var i = 0; i < 12; i++) silent.Add(await ClientAsync(server));
        await CountAsync(server, stats => stats.Accepted == 12, "all were accepted");
        var client = await ClientAsync(server, Get);
        Assert.Equal(200, (await client.Reader.ReadAsync()).Status);
        foreach (var one in silent.Take(8)) await one.Reader.AssertEndAsync();
    }

    [Fact]
    public async Task One_that_has_sent_half_a_head_is_told_so_and_closed()
    {
        using var server = await StartAsync(1);
        var half = await ClientAsync(server, "GET / HTTP/1.1\r\nHo");
        await CountAsync(server, stats => stats.Active == 1, "the half head has come");
        var client = await ClientAsync(server, Get);
        Assert.Equal(200, (await client.Reader.ReadAsync()).Status);
        Assert.Equal(408, (await half.Reader.ReadAsync()).Status);
        await half.Reader.AssertEndAsync();
        Assert.DoesNotContain(server.Log.Entries, e => e.Level > LogLevel.Information);
    }

    [Theory]
    [InlineData("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n", "")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", "x")]
    public async Task One_that_has_a_request_under_way_stays_and_the_new_one_is_closed(string begun, string rest)
    {
        var (underWay, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var server = await StartAsync(1, Handler.From(async (w, r) =>
        {
            underWay.SetResult();
            if (r.Path == "/wait") await goOn.Task;
            await w.WriteAsync(await r.ReadBodyAsync());
        }));
        var busy = await ClientAsync(server, begun);
        await underWay.Task.WaitAsync(ServerFixture.Deadline);
        var refused = await ClientAsync(server);
        await refused.Reader.AssertEndAsync();
        goOn.SetResult();
        await busy.Socket.SendAsync(Encoding.ASCII.GetBytes(rest));
        Assert.Equal((200, rest), await busy.Reader.ReadAsync() is var response ? (response.Status, response.Text) : default);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_of_http2_without_a_stream_gets_a_goaway(bool tls)
    {
        using var server = await StartAsync(1, tls: tls);
        Stream stream = new NetworkStream(await server.ConnectAsync());
        if (tls) stream = await EncryptAsync(stream, SslApplicationProtocol.Http2);
        var client = new Http2Client(PipeWriter.Create(stream), PipeReader.Create(stream)) { Scheme = tls ? "https" : "http" };
        await client.HandshakeAsync();
        Assert.Equal(200, (await client.RoundTripAsync(1)).Status);
        await CountAsync(server, stats => stats.Idle == 1, "the connection is idle");
        using var other = await server.ConnectAsync();
        await client.ExpectGoAwayAsync(ErrorCode.NoError);
        await CountAsync(server, stats => stats.Shed == 1, "one was shed");
    }

    [Fact]
    public async Task A_connection_of_http2_with_a_stream_stays()
    {
        var goOn = new TaskCompletionSource();
        using var server = await StartAsync(1, Handler.From(async (w, r) =>
        {
            await goOn.Task;
            await w.WriteAsync("done");
        }));
        var stream = new NetworkStream(await server.ConnectAsync());
        var client = new Http2Client(PipeWriter.Create(stream), PipeReader.Create(stream));
        await client.HandshakeAsync();
        client.Request(1);
        await client.SendAsync();
        await CountAsync(server, stats => stats.Active == 1, "the stream is open");
        await (await ClientAsync(server)).Reader.AssertEndAsync();
        goOn.SetResult();
        Assert.Equal("done", (await client.ReadResponseAsync(1)).Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_tls_those_without_a_handshake_and_those_that_idle_make_room(bool idle)
    {
        using var server = await StartAsync(1, tls: true);
        Stream first = new NetworkStream(await server.ConnectAsync());
        if (idle)
        {
            first = await EncryptAsync(first);
            await first.WriteAsync(Encoding.ASCII.GetBytes(Get));
            Assert.Equal(200, (await new ResponseReader(PipeReader.Create(first, new(leaveOpen: true))).ReadAsync()).Status);
            await CountAsync(server, stats => stats.Idle == 1, "the connection is idle");
        }
        else
        {
            await CountAsync(server, stats => stats.New == 1, "the connection was accepted");
        }
        var second = await EncryptAsync(new NetworkStream(await server.ConnectAsync()));
        await second.WriteAsync(Encoding.ASCII.GetBytes(Get));
        Assert.Equal(200, (await new ResponseReader(PipeReader.Create(second)).ReadAsync()).Status);
        Assert.Equal(0, await first.ReadAsync(new byte[1]).AsTask().WaitAsync(ServerFixture.Deadline));
        await CountAsync(server, stats => stats.Shed == 1, "one was shed");
    }

    private static async Task<SslStream> EncryptAsync(Stream stream, SslApplicationProtocol? protocol = null)
    {
        var encrypted = new SslStream(stream);
        await encrypted.AuthenticateAsClientAsync(TlsFixture.ClientOptions(options => options.ApplicationProtocols = protocol is { } one ? [one] : null)).WaitAsync(ServerFixture.Deadline);
        return encrypted;
    }
}
