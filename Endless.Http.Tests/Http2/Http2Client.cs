using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Endless.Http.Http2;
using Endless.Http.Http2.Frames;
using Endless.Http.Http2.Hpack;

namespace Endless.Http.Tests.Http2;

/// <summary>A frame as received.</summary>
internal sealed record Frame(FrameHeader Header, byte[] Payload)
{
    public FrameType Type => Header.Type;

    public int StreamId => Header.StreamId;

    /// <summary>The fields of a whole header block; null on other frames.</summary>
    public IReadOnlyList<(string Name, string Value)>? Fields { get; init; }

    /// <summary>The error code of RST_STREAM or GOAWAY.</summary>
    public ErrorCode Code => (ErrorCode)Int(Type == FrameType.GoAway ? 4 : 0);

    /// <summary>GOAWAY's last stream, WINDOW_UPDATE's increment.</summary>
    public int First => (int)Int(0);

    public string Text => Encoding.UTF8.GetString(Payload);

    public override string ToString() => $"{Type} {Header.Flags} stream {StreamId}: {Convert.ToHexString(Payload, 0, Math.Min(Payload.Length, 40))}";

    private uint Int(int at) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(Payload.AsSpan(at));
}

/// <summary>A response put together from its frames.</summary>
internal sealed class Http2ResponseParts
{
    public List<IReadOnlyList<(string Name, string Value)>> Sections { get; } = [];

    public List<byte> Body { get; } = [];

    public bool IsEnded { get; set; }

    public ErrorCode? Reset { get; set; }

    /// <summary>The section with the final status.</summary>
    public IReadOnlyList<(string Name, string Value)> Header => Sections.First(s => s[0].Value[0] != '1');

    public int Status => int.Parse(Header[0].Value);

    public string Text => Encoding.UTF8.GetString([.. Body]);

    public string? this[string name] => Header.FirstOrDefault(f => f.Name == name).Value;
}

/// <summary>A client of HTTP/2 that sends exactly what a test tells it to, right or wrong, and reads frame by frame.</summary>
/// <param name="toServer">What the client sends.</param>
/// <param name="fromServer">What the client receives.</param>
/// <param name="isAborted">The connection was cut off.</param>
internal sealed class Http2Client(PipeWriter toServer, PipeReader fromServer, Func<bool>? isAborted = null)
{
    private static readonly TimeSpan Deadline = Endless.Http.Load.Deadline.Default;

    private readonly HpackDecoder _decoder = new();
    private readonly List<byte> _block = [];
    private FrameHeader _first; // of the frames of a header block

    /// <summary>What goes out with the next <see cref="SendAsync()"/>.</summary>
    public FrameWriter Frames { get; } = new();

    public HpackEncoder Encoder { get; } = new();

    /// <summary>Of the requests that <see cref="Request"/> writes.</summary>
    public string Scheme { get; init; } = "http";

    /// <summary>Sends the frames written.</summary>
    public async Task SendAsync()
    {
        var octets = Frames.Written.ToArray();
        Frames.Clear();
        await toServer.WriteAsync(octets);
    }

    /// <summary>Sends octets as they are.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> octets) => await toServer.WriteAsync(octets);

    /// <summary>Sends preface, SETTINGS and the frames already written, in one piece, and reads the server's SETTINGS and both acknowledgements.</summary>
    public async Task HandshakeAsync(params Setting[] settings)
    {
        var written = Frames.Written.ToArray();
        Frames.Clear();
        Frames.WriteSettings(settings);
        await SendAsync((byte[])[.. Preface.Octets, .. Frames.Written.Span, .. written]);
        Frames.Clear();
        Assert.Equal((FrameType.Settings, FrameFlags.None), Kind(await ReadAsync()));
        Assert.Equal(FrameType.WindowUpdate, (await ReadAsync()).Type);
        Assert.Equal((FrameType.Settings, FrameFlags.Ack), Kind(await ReadAsync()));
        Frames.WriteSettingsAck();
        await SendAsync();

        static (FrameType, FrameFlags) Kind(Frame frame) => (frame.Type, frame.Header.Flags);
    }

    /// <summary>The head of a response of HTTP/1.</summary>
    public async Task<string> ReadHeadAsync()
    {
        while (true)
        {
            var result = await fromServer.ReadAsync().AsTask().WaitAsync(Deadline);
            var octets = Encoding.Latin1.GetString(result.Buffer);
            var end = octets.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                fromServer.AdvanceTo(result.Buffer.GetPosition(end + 4));
                return octets[..(end + 4)];
            }
            fromServer.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted) return octets;
        }
    }

    /// <summary>The header block of a request.</summary>
    public byte[] Block(string method = "GET", string path = "/", params (string Name, string Value)[] fields) =>
        Block([(":method", method), (":scheme", Scheme), (":path", path), (":authority", "example.com"), .. fields]);

    /// <summary>A header block of exactly these lines.</summary>
    public byte[] Block(IEnumerable<(string Name, string Value)> fields)
    {
        // Literals without indexing: names go out as they are, in upper case too.
        var block = new List<byte>();
        var integer = new byte[HpackInteger.MaxOctets];
        foreach (var (name, value) in fields)
        {
            block.Add(0);
            Add(name);
            Add(value);
        }
        return [.. block];

        void Add(string text)
        {
            block.AddRange(integer[..HpackInteger.Write(integer, 0, 7, text.Length)]);
            block.AddRange(Encoding.Latin1.GetBytes(text));
        }
    }

    /// <summary>Writes the HEADERS of a request.</summary>
    public void Request(int streamId, string method = "GET", string path = "/", bool endStream = true, params (string Name, string Value)[] fields) =>
        Frames.WriteHeaders(streamId, Block(method, path, fields), endStream);

    /// <summary>The next frame; HEADERS with all their CONTINUATION, decoded.</summary>
    public async Task<Frame> ReadAsync() => await ReadOrEndAsync() ?? throw new EndOfStreamException("The server closed the connection.");

    /// <summary>The next frame, null at the end of the stream.</summary>
    public async Task<Frame?> ReadOrEndAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            ReadResult result;
            try
            {
                result = await fromServer.ReadAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException("The server sends nothing.");
            }
            var buffer = result.Buffer;
            if (FrameHeader.TryRead(buffer, out var header) && buffer.Length >= FrameHeader.Size + header.Length)
            {
                var payload = buffer.Slice(FrameHeader.Size, header.Length).ToArray();
                fromServer.AdvanceTo(buffer.GetPosition(FrameHeader.Size + header.Length));
                if (header.Type is not (FrameType.Headers or FrameType.Continuation)) return new Frame(header, payload);
                if (header.Type == FrameType.Headers) _first = header;
                _block.AddRange(payload);
                if (!header.EndHeaders) continue;
                var fields = new HeaderFieldList(1 << 20, 1000);
                Assert.True(_decoder.Decode(_block.ToArray(), fields));
                _block.Clear();
                return new Frame(_first, payload) { Fields = [.. fields.Fields.ToArray().Select(f => (f.Name, f.Value))] };
            }
            fromServer.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted || isAborted?.Invoke() == true) return null;
        }
    }

    /// <summary>The next frame that is no WINDOW_UPDATE.</summary>
    public async Task<Frame> ReadAnswerAsync()
    {
        while (true)
        {
            var frame = await ReadAsync();
            if (frame.Type != FrameType.WindowUpdate) return frame;
        }
    }

    /// <summary>Reads until each of these streams has ended or was reset.</summary>
    public async Task<Dictionary<int, Http2ResponseParts>> ReadResponsesAsync(params int[] streamIds)
    {
        var responses = streamIds.ToDictionary(id => id, _ => new Http2ResponseParts());
        while (!responses.Values.All(r => r.IsEnded || r.Reset != null))
        {
            var frame = await ReadAnswerAsync();
            Assert.False(frame.Type == FrameType.GoAway && frame.Code != ErrorCode.NoError, $"unexpected {frame} {frame.Text}");
            if (!responses.TryGetValue(frame.StreamId, out var response)) continue;
            if (frame.Type == FrameType.Data) response.Body.AddRange(frame.Payload);
            else if (frame.Type == FrameType.Headers) response.Sections.Add(frame.Fields!);
            else if (frame.Type == FrameType.RstStream) response.Reset = frame.Code;
            if (frame.Type is FrameType.Data or FrameType.Headers && frame.Header.EndStream) response.IsEnded = true;
        }
        return responses;
    }

    /// <summary>Reads one response to its end.</summary>
    public async Task<Http2ResponseParts> ReadResponseAsync(int streamId) => (await ReadResponsesAsync(streamId))[streamId];

    /// <summary>Sends a request and reads its response.</summary>
    public async Task<Http2ResponseParts> RoundTripAsync(int streamId, string method = "GET", string path = "/", params (string Name, string Value)[] fields)
    {
        Request(streamId, method, path, endStream: true, fields);
        await SendAsync();
        return await ReadResponseAsync(streamId);
    }

    /// <summary>The connection is still there: a PING is answered. What else came before is returned.</summary>
    public async Task<List<Frame>> PingAsync()
    {
        const ulong data = 0x0102030405060708;
        Frames.WritePing(data);
        await SendAsync();
        var before = new List<Frame>();
        while (true)
        {
            var frame = await ReadAsync();
            if (frame is { Type: FrameType.Ping, Header.Ack: true } && Convert.ToHexString(frame.Payload) == "0102030405060708") return before;
            before.Add(frame);
        }
    }

    /// <summary>The server ends the connection with this error, and has nothing to say behind that.</summary>
    public async Task ExpectGoAwayAsync(ErrorCode code)
    {
        while (true)
        {
            var frame = await ReadAsync();
            if (frame.Type != FrameType.GoAway) continue;
            Assert.Equal(code, frame.Code);
            Assert.Null(await ReadOrEndAsync());
            return;
        }
    }

    /// <summary>The server resets a stream with this error.</summary>
    public async Task ExpectResetAsync(int streamId, ErrorCode code)
    {
        while (true)
        {
            var frame = await ReadAsync();
            if (frame.Type == FrameType.GoAway) Assert.Fail($"GOAWAY with {frame.Code} {frame.Text[8..]} in place of RST_STREAM");
            if (frame.Type != FrameType.RstStream) continue;
            Assert.Equal((streamId, code), (frame.StreamId, frame.Code));
            return;
        }
    }

    /// <summary>The server closes the connection.</summary>
    public async Task ExpectEndAsync()
    {
        while (await ReadOrEndAsync() != null) { }
    }
}
