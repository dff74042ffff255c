using System.Text;
using Endless.Http.Http2;
using Endless.Http.Http2.Frames;
using Endless.Http.Tests.Http1;
using Endless.Http.Tests.Server;

namespace Endless.Http.Tests.Http2;

/// <summary>How a connection in the clear comes to speak HTTP/2.</summary>
public sealed class ProtocolSelectionTests
{
    private static readonly IHandler Echo = Handler.From((w, r) => w.Write($"{r.Protocol} {r.Method} {r.Path} {r.Host} {r.Header["X-Kept"]} {r.Header["Upgrade"]}"));

    [Fact]
    public async Task The_preface_decides_and_may_come_in_pieces()
    {
        await using var server = new Http2Fixture(Echo, select: true);
        var client = server.Client;
        foreach (var octet in Preface.Octets.ToArray()) await client.SendAsync(new[] { octet });
        client.Frames.WriteSettings();
        client.Request(1);
        await client.SendAsync();
        Assert.Equal("HTTP/2.0 GET / example.com  ", (await client.ReadResponseAsync(1)).Text);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK")]
    [InlineData("PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK")]
    [InlineData("PRINT / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nxx\r\n\r\n", "HTTP/1.1 400 Bad Request")]
    [InlineData("INVALID CONNECTION PREFACE\r\n\r\n", "")]
    public async Task Anything_else_is_HTTP_1(string request, string statusLine)
    {
        await using var server = new Http2Fixture(Echo, select: true);
        foreach (var c in request) await server.Client.SendAsync(new[] { (byte)c });
        var head = await server.Client.ReadHeadAsync();
        if (statusLine.Length > 0) Assert.StartsWith(statusLine, head);
        else Assert.Empty(head);
    }

    [Fact]
    public async Task A_client_that_closes_within_the_preface_is_let_go()
    {
        await using var server = new Http2Fixture(Echo, select: true);
        await server.Client.SendAsync("PRI"u8.ToArray());
        server.Connection.CloseByClient();
        await server.OutcomeAsync();
    }

    [Fact]
    public async Task Upgrade_h2c_is_not_taken_up_unless_that_is_turned_on()
    {
        await using var server = new Http2Fixture(Echo, select: true);
        const string request = "GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAQAAAAE\r\n\r\n";
        // Whatever follows is HTTP/1.1 too, as a proxy that has not seen a 101 believes.
        await server.Client.SendAsync(Encoding.ASCII.GetBytes(request + request));
        var client = new ResponseReader(server.Connection.FromServer);
        for (var i = 0; i < 2; i++)
        {
            var response = await client.ReadAsync();
            Assert.Equal((200, "HTTP/1.1 GET /up a  h2c"), (response.Status, response.Text));
            Assert.False(response.Has("Upgrade"));
        }
    }

    [Fact]
    public async Task Upgrade_h2c_makes_the_request_stream_1()
    {
        await using var server = new Http2Fixture(Echo, select: true, upgrade: true);
        var client = server.Client;
        // SETTINGS_INITIAL_WINDOW_SIZE 4
        await client.SendAsync(Encoding.ASCII.GetBytes(
            "GET /up HTTP/1.1\r\nHost: example.org\r\nX-Kept: yes\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAQAAAAE\r\n\r\n"));
        Assert.Equal("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", await client.ReadHeadAsync());
        Assert.Equal(FrameType.Settings, (await client.ReadAsync()).Type);
        Assert.Equal(FrameType.Headers, (await client.ReadAnswerAsync()).Type);
        Assert.Equal("HTTP", (await client.ReadAnswerAsync()).Text);

        await client.SendAsync(Preface.Octets.ToArray());
        client.Frames.WriteSettings();
        client.Frames.WriteWindowUpdate(1, 1_000);
        await client.SendAsync();
        Assert.Equal("/2.0 GET /up example.org yes ", (await client.ReadResponseAsync(1)).Text);
        client.Frames.WriteSettings(new Setting(SettingId.InitialWindowSize, 1_000));
        Assert.Equal("HTTP/2.0 GET / example.com  ", (await client.RoundTripAsync(3)).Text);
        server.AssertQuietLog();
    }

    [Theory]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: websocket\r\nHTTP2-Settings: AAQAAAAE")]
    [InlineData("Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAQAAAAE")]
    [InlineData("Connection: HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAQAAAAE")]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c")]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAQ=")]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: !")]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAQAAAAE\r\nHTTP2-Settings: AAQAAAAE")]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAQAAAAE\r\nContent-Length: 1")]
    public async Task An_upgrade_that_is_not_quite_right_is_served_over_HTTP_1(string fields)
    {
        await using var server = new Http2Fixture(Echo, select: true, upgrade: true);
        await server.Client.SendAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\nx"));
        Assert.StartsWith("HTTP/1.1 200 OK", await server.Client.ReadHeadAsync());
    }

    [Fact]
    public async Task Settings_of_an_upgrade_that_are_against_the_rules_end_the_connection()
    {
        await using var server = new Http2Fixture(Echo, select: true, upgrade: true);
        // SETTINGS_ENABLE_PUSH 2
        await server.Client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAIAAAAC\r\n\r\n"u8.ToArray());
        await server.Client.ReadHeadAsync();
        await server.Client.ExpectGoAwayAsync(ErrorCode.ProtocolError);
    }

    [Theory]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 400 Bad Request")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAQAAAAE\r\n\r\n", "HTTP/1.1 200 OK")]
    public async Task A_server_may_speak_HTTP_1_alone_in_the_clear(string request, string statusLine)
    {
        using var server = new ServerFixture("127.0.0.1:0", Echo);
        server.Server.UnencryptedHttp2 = false;
        server.Server.UnencryptedHttp2Upgrade = true; // means nothing without the other
        await server.StartAsync();
        using var client = await server.ConnectAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes(request));
        var buffer = new byte[1024];
        var count = await client.ReceiveAsync(buffer).WaitAsync(ServerFixture.Deadline);
        Assert.StartsWith(statusLine, Encoding.ASCII.GetString(buffer, 0, count), StringComparison.Ordinal);
    }
}
