using Endless.Http.Http2;
using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Http2;

/// <summary>What costs a client its connection (RFC 9113 sections 3 to 6), and with which code.</summary>
public sealed class ConnectionErrorTests
{
    /// <summary>What to send after the handshake, by name, and the code of the GOAWAY it brings.</summary>
    private static readonly Dictionary<string, (ErrorCode Code, Action<Http2Client> Write)> Cases = new()
    {
        // 4.2 Frame size
        ["DATA above the frame size"] = (ErrorCode.FrameSizeError, c => { Open(c); c.Frames.WriteFrame(FrameType.Data, 0, 1, new byte[16_385]); }
        ),
        ["HEADERS above the frame size"] = (ErrorCode.FrameSizeError, c => c.Frames.WriteFrame(FrameType.Headers, FrameFlags.EndHeaders, 1, new byte[16_385])),
        ["unknown frame above the frame size"] = (ErrorCode.FrameSizeError, c => c.Frames.WriteFrame((FrameType)0xee, 0, 0, new byte[16_385])),

        // 4.3 and 6.10 Header blocks
        ["invalid block"] = (ErrorCode.CompressionError, c => c.Frames.WriteFrame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1, [0xff, 0xff])),
        ["PRIORITY of 4 octets inside a block"] = (ErrorCode.ProtocolError, c => { Begin(c); c.Frames.WriteFrame(FrameType.Priority, 0, 1, new byte[4]); }
        ),
        ["PRIORITY of 4 octets on an idle stream"] = (ErrorCode.FrameSizeError, c => c.Frames.WriteFrame(FrameType.Priority, 0, 5, new byte[4])),
        ["PRIORITY of an idle stream that depends on itself"] = (ErrorCode.ProtocolError, c => c.Frames.WriteFrame(FrameType.Priority, 0, 5, [0, 0, 0, 5, 9])),
        ["PRIORITY inside a block"] = (ErrorCode.ProtocolError, c => { Begin(c); c.Frames.WriteFrame(FrameType.Priority, 0, 1, new byte[5]); }
        ),
        ["HEADERS inside a block"] = (ErrorCode.ProtocolError, c => { Begin(c); c.Request(3); }
        ),
        ["DATA inside a block"] = (ErrorCode.ProtocolError, c => { Begin(c); c.Frames.WriteData(1, [1], false); }
        ),
        ["PING inside a block"] = (ErrorCode.ProtocolError, c => { Begin(c); c.Frames.WritePing(1); }
        ),
        ["unknown frame inside a block"] = (ErrorCode.ProtocolError, c => { Begin(c); c.Frames.WriteFrame((FrameType)0xee, 0, 1, [1]); }
        ),
        ["CONTINUATION on another stream"] = (ErrorCode.ProtocolError, c => { Begin(c); c.Frames.WriteFrame(FrameType.Continuation, FrameFlags.EndHeaders, 3, c.Block()); }
        ),
        ["CONTINUATION on stream 0"] = (ErrorCode.ProtocolError, c => { Begin(c); c.Frames.WriteFrame(FrameType.Continuation, FrameFlags.EndHeaders, 0, c.Block()); }
        ),
        ["CONTINUATION behind END_HEADERS"] = (ErrorCode.ProtocolError, c => { Open(c); c.Frames.WriteFrame(FrameType.Continuation, FrameFlags.EndHeaders, 1, c.Block()); }
        ),
        ["CONTINUATION behind CONTINUATION with END_HEADERS"] = (ErrorCode.ProtocolError, c =>
        {
            c.Frames.WriteHeaders(1, c.Block(), false, 20);
            c.Frames.WriteFrame(FrameType.Continuation, FrameFlags.EndHeaders, 1, c.Block());
        }
        ),
        ["CONTINUATION behind DATA"] = (ErrorCode.ProtocolError, c => { Open(c); c.Frames.WriteData(1, [1], false); c.Frames.WriteFrame(FrameType.Continuation, FrameFlags.EndHeaders, 1, c.Block()); }
        ),

        // 5.1 Idle streams
        ["DATA on an idle stream"] = (ErrorCode.ProtocolError, c => c.Frames.WriteData(1, [1], true)),
        ["RST_STREAM on an idle stream"] = (ErrorCode.ProtocolError, c => c.Frames.WriteRstStream(1, ErrorCode.Cancel)),
        ["WINDOW_UPDATE on an idle stream"] = (ErrorCode.ProtocolError, c => c.Frames.WriteWindowUpdate(1, 100)),
        ["CONTINUATION on an idle stream"] = (ErrorCode.ProtocolError, c => c.Frames.WriteFrame(FrameType.Continuation, FrameFlags.EndHeaders, 1, c.Block())),
        ["DATA on a stream of the server's"] = (ErrorCode.ProtocolError, c => { c.Request(5); c.Frames.WriteData(2, [1], true); }
        ),
        ["WINDOW_UPDATE on a stream of the server's"] = (ErrorCode.ProtocolError, c => { c.Request(5); c.Frames.WriteWindowUpdate(2, 1); }
        ),

        // 5.1.1 Stream identifiers
        ["an even stream"] = (ErrorCode.ProtocolError, c => c.Request(2)),
        ["a lower stream"] = (ErrorCode.ProtocolError, c => { c.Request(5); c.Request(3); }
        ),

        // 6.1 to 6.4
        ["DATA on stream 0"] = (ErrorCode.ProtocolError, c => c.Frames.WriteData(0, [1], false)),
        ["DATA with too much padding"] = (ErrorCode.ProtocolError, c => { Open(c); c.Frames.WriteFrame(FrameType.Data, FrameFlags.Padded, 1, [5, 1, 2, 3, 4]); }
        ),
        ["DATA without pad length"] = (ErrorCode.FrameSizeError, c => { Open(c); c.Frames.WriteFrame(FrameType.Data, FrameFlags.Padded, 1, []); }
        ),
        ["HEADERS on stream 0"] = (ErrorCode.ProtocolError, c => c.Request(0)),
        ["HEADERS with too much padding"] = (ErrorCode.ProtocolError, c => c.Frames.WriteFrame(FrameType.Headers, FrameFlags.Padded | FrameFlags.EndHeaders, 1, [9, .. c.Block()[..8]])),
        ["HEADERS too short for priority"] = (ErrorCode.FrameSizeError, c => c.Frames.WriteFrame(FrameType.Headers, FrameFlags.Priority | FrameFlags.EndHeaders, 1, [0, 0, 0])),
        ["PRIORITY on stream 0"] = (ErrorCode.ProtocolError, c => c.Frames.WriteFrame(FrameType.Priority, 0, 0, new byte[5])),
        ["RST_STREAM on stream 0"] = (ErrorCode.ProtocolError, c => c.Frames.WriteRstStream(0, ErrorCode.Cancel)),
        ["RST_STREAM of 3 octets"] = (ErrorCode.FrameSizeError, c => { Open(c); c.Frames.WriteFrame(FrameType.RstStream, 0, 1, new byte[3]); }
        ),

        // 6.5 SETTINGS
        ["SETTINGS acknowledgement with payload"] = (ErrorCode.FrameSizeError, c => c.Frames.WriteFrame(FrameType.Settings, FrameFlags.Ack, 0, new byte[6])),
        ["SETTINGS on a stream"] = (ErrorCode.ProtocolError, c => c.Frames.WriteFrame(FrameType.Settings, 0, 1, new byte[6])),
        ["SETTINGS of 3 octets"] = (ErrorCode.FrameSizeError, c => c.Frames.WriteFrame(FrameType.Settings, 0, 0, new byte[3])),
        ["SETTINGS_ENABLE_PUSH 2"] = (ErrorCode.ProtocolError, c => c.Frames.WriteSettings(new Setting(SettingId.EnablePush, 2))),
        ["SETTINGS_INITIAL_WINDOW_SIZE 2^31"] = (ErrorCode.FlowControlError, c => c.Frames.WriteSettings(new Setting(SettingId.InitialWindowSize, 1u << 31))),
        ["SETTINGS_MAX_FRAME_SIZE 2^14-1"] = (ErrorCode.ProtocolError, c => c.Frames.WriteSettings(new Setting(SettingId.MaxFrameSize, 16_383))),
        ["SETTINGS_MAX_FRAME_SIZE 2^24"] = (ErrorCode.ProtocolError, c => c.Frames.WriteSettings(new Setting(SettingId.MaxFrameSize, 1 << 24))),
        ["SETTINGS_ENABLE_CONNECT_PROTOCOL 2"] = (ErrorCode.ProtocolError, c => c.Frames.WriteSettings(new Setting(SettingId.EnableConnectProtocol, 2))),
        ["a second SETTINGS acknowledgement"] = (ErrorCode.ProtocolError, c => c.Frames.WriteSettingsAck()),

        // 6.6 to 6.8
        ["PUSH_PROMISE"] = (ErrorCode.ProtocolError, c => { Open(c); c.Frames.WriteFrame(FrameType.PushPromise, FrameFlags.EndHeaders, 1, [0, 0, 0, 2, .. c.Block()]); }
        ),
        ["PING on a stream"] = (ErrorCode.ProtocolError, c => c.Frames.WriteFrame(FrameType.Ping, 0, 1, new byte[8])),
        ["PING of 6 octets"] = (ErrorCode.FrameSizeError, c => c.Frames.WriteFrame(FrameType.Ping, 0, 0, new byte[6])),
        ["GOAWAY on a stream"] = (ErrorCode.ProtocolError, c => c.Frames.WriteFrame(FrameType.GoAway, 0, 1, new byte[8])),
        ["GOAWAY of 7 octets"] = (ErrorCode.FrameSizeError, c => c.Frames.WriteFrame(FrameType.GoAway, 0, 0, new byte[7])),

        // 6.9 WINDOW_UPDATE
        ["WINDOW_UPDATE by 0"] = (ErrorCode.ProtocolError, c => c.Frames.WriteWindowUpdate(0, 0)),
        ["WINDOW_UPDATE of 3 octets"] = (ErrorCode.FrameSizeError, c => c.Frames.WriteFrame(FrameType.WindowUpdate, 0, 0, new byte[3])),
        ["connection window above 2^31-1"] = (ErrorCode.FlowControlError, c => { c.Frames.WriteWindowUpdate(0, int.MaxValue); c.Frames.WriteWindowUpdate(0, int.MaxValue); }
        ),
        ["initial window that lifts a window above 2^31-1"] = (ErrorCode.FlowControlError, c =>
        {
            Open(c);
            c.Frames.WriteWindowUpdate(1, int.MaxValue - 65_535);
            c.Frames.WriteSettings(new Setting(SettingId.InitialWindowSize, 65_536));
        }
        ),

        // RFC 7541
        ["HPACK index 0"] = (ErrorCode.CompressionError, c => Block(c, "80")),
        ["HPACK index beyond the tables"] = (ErrorCode.CompressionError, c => Block(c, "828486410161" + "bf")),
        ["HPACK name index beyond the tables"] = (ErrorCode.CompressionError, c => Block(c, "7f000161")),
        ["HPACK size update behind a field"] = (ErrorCode.CompressionError, c => Block(c, "82848641016120")),
        ["HPACK size update above the setting"] = (ErrorCode.CompressionError, c => Block(c, "3fe21f828486410161")),
        ["HPACK padding of eight bits"] = (ErrorCode.CompressionError, c => Block(c, "828486" + "4182" + "1fff")),
        ["HPACK padding of zeros"] = (ErrorCode.CompressionError, c => Block(c, "828486" + "4181" + "18")),
        ["HPACK end-of-string symbol"] = (ErrorCode.CompressionError, c => Block(c, "828486" + "4184" + "ffffffff")),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_connection_ends_with_the_right_code(string name)
    {
        await using var server = new Http2Fixture(async (w, r) => await r.ReadBodyAsync());
        await server.Client.HandshakeAsync();
        Cases[name].Write(server.Client);
        await server.Client.SendAsync();
        await server.Client.ExpectGoAwayAsync(Cases[name].Code);
        await server.OutcomeAsync();
        server.AssertQuietLog();
    }

    /// <summary>Handlers that were called for what came before the error in the same piece, and those that go on as the connection is taken down, have nobody to answer.</summary>
    [Theory]
    [InlineData("GET", "/")]
    [InlineData("HEAD", "/")]
    [InlineData("GET", "/wait")]
    public async Task Nothing_follows_the_goaway_of_an_error(string method, string path)
    {
        await using var server = new Http2Fixture(async (w, r) =>
        {
            if (r.Path == "/wait") await Task.Delay(Timeout.Infinite, r.Cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
            w.Header.Set("X-Late", "1");
            await w.WriteAsync("late");
            await w.FlushAsync();
        });
        await server.Client.HandshakeAsync();
        server.Client.Request(1, method, path);
        server.Client.Frames.WriteWindowUpdate(0, 0);
        await server.Client.SendAsync();
        await server.Client.ExpectGoAwayAsync(ErrorCode.ProtocolError);
    }

    [Theory]
    [InlineData("INVALID CONNECTION PREFACE\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    public async Task A_wrong_preface_ends_the_connection(string preface)
    {
        await using var server = new Http2Fixture();
        await server.Client.SendAsync(System.Text.Encoding.ASCII.GetBytes(preface));
        await server.Client.ExpectGoAwayAsync(ErrorCode.ProtocolError);
    }

    [Fact]
    public async Task A_preface_goes_on_with_SETTINGS()
    {
        await using var server = new Http2Fixture();
        server.Client.Frames.WritePing(1);
        await server.Client.SendAsync(Preface.Octets.ToArray());
        await server.Client.SendAsync();
        await server.Client.ExpectGoAwayAsync(ErrorCode.ProtocolError);
    }

    [Fact]
    public async Task The_goaway_names_the_last_stream_and_says_why()
    {
        await using var server = new Http2Fixture();
        await server.Client.HandshakeAsync();
        await server.Client.RoundTripAsync(7);
        server.Client.Frames.WriteWindowUpdate(0, 0);
        await server.Client.SendAsync();
        var frame = await server.Client.ReadAnswerAsync();
        Assert.Equal((FrameType.GoAway, 7, ErrorCode.ProtocolError), (frame.Type, frame.First, frame.Code));
        Assert.Contains("WINDOW_UPDATE by 0", frame.Text);
        await server.Client.ExpectEndAsync();
        Assert.True(server.Connection.IsWriteShutDown); // before what still comes is thrown away
    }

    private static void Open(Http2Client client) => client.Request(1, "POST", "/", endStream: false);

    private static void Begin(Http2Client client) => client.Frames.WriteFrame(FrameType.Headers, FrameFlags.EndStream, 1, client.Block());

    private static void Block(Http2Client client, string hex) => client.Frames.WriteHeaders(1, Convert.FromHexString(hex), endStream: true);
}
