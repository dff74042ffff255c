using System.Buffers;
using Endless.Http.Http1;
using Endless.Http.Http2;
using Endless.Http.Http2.Frames;
using Endless.Http.Load;
using Endless.Http.Semantics;
using Endless.Http.Tests.Fuzzing.Coverage;
using Endless.Http.Tests.Fuzzing.Streams;
using Endless.Http.Tests.Protocols;

namespace Endless.Http.Tests.Fuzzing.Targets;

/// <summary>
/// Frames of HTTP/2 whose octets nobody has chosen with care: in the input a frame is its type, flags, stream and length in an octet each, and its payload; a type above 240 stands for octets that are no frame.
/// The engine ends when its client does and logs nothing above debug; what it sends is frames, one response a stream at most, nothing behind its end; and a request that is answered, is answered the same however the octets are cut.
/// </summary>
internal sealed class FramesTarget : FuzzTarget
{
    private static readonly byte[] Get = [0x82, 0x86, 0x84, 0x41, 0x01, (byte)'a'];
    private static readonly byte[] Post = [0x83, 0x86, 0x84, 0x41, 0x01, (byte)'a'];

    private readonly EngineInMemory.FailingLogger _logger = new();
    private readonly ProtocolContext _context;

    public FramesTarget() => _context = new ProtocolContext
    {
        Handler = ReadingHandler.Instance,
        Logger = _logger,
        Limits = new() { MaxHeaderBytes = 4096, MaxHeaderCount = 20, MinBodyBytesPerSecond = 0 },
        Timeouts = new() { DrainGrace = 60_000, Linger = 60_000 },
    };

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Record(FrameType.Headers, 5, 1, Get),
        [.. Record(FrameType.Headers, 4, 1, Post), .. Record(FrameType.Data, 1, 1, "hello"u8.ToArray()), .. Record(FrameType.Ping, 0, 0, new byte[8])],
        [.. Record(FrameType.Headers, 1, 1, Get[..3]), .. Record(FrameType.Continuation, 4, 1, Get[3..]), .. Record(FrameType.Headers, 0x2d, 3, [1, 0, 0, 0, 0, 16, .. Get, 0])],
        [.. Record(FrameType.Settings, 0, 0, [0, 1, 0, 0, 0, 64, 0, 3, 0, 0, 0, 1, 0, 4, 0, 0, 0, 0, 0, 5, 0, 0, 0x40, 0]), .. Record(FrameType.Headers, 5, 1, Get), .. Record(FrameType.WindowUpdate, 0, 1, [0, 0, 1, 0])],
        [.. Record(FrameType.Headers, 4, 1, Post), .. Record(FrameType.Data, 8, 1, [2, (byte)'x', 0, 0]), .. Record(FrameType.Headers, 5, 1, [0x40, 1, (byte)'t', 1, (byte)'v'])],
        [.. Record(FrameType.Headers, 4, 1, Post), .. Record(FrameType.RstStream, 0, 1, [0, 0, 0, 8]), .. Record(FrameType.Priority, 0, 3, [0, 0, 0, 1, 9]), .. Record(FrameType.GoAway, 0, 0, new byte[8])],
    ];

    public override IReadOnlyList<byte[]> Words { get; } =
        [Get, Post, .. Enumerable.Range(0, 11).Select(type => new byte[] { (byte)type, 0, 1, 0 }), [1, 5, 3, 6, .. Get], [0, 1, 1, 0], [6, 0, 0, 8], [4, 0, 0, 6, 0, 2, 0, 0, 0, 1], [4, 1, 0, 0], [0xff, 0xff, 0xff, 0xff], [0x5c, 1, (byte)'3'], [8, 0, 0, 4, 0x7f, 0xff, 0xff, 0xff], [255, 0, 0, 9]];

    public override long MaxWork(int length) => 100_000 + 6_000L * length;

    public override long MaxAllocated(int length) => 400_000 + 20_000L * length;

    public override void Run(byte[] input)
    {
        var octets = Octets(input);
        var whole = Serve(octets, []);
        var random = RandomOf(input);
        var parts = Serve(octets, [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(octets.Length)).Order()]);
        foreach (var (stream, response) in whole)
            if (response is { IsEnded: true, Reading: { } reading } && parts.GetValueOrDefault(stream) is { IsEnded: true, Reading: { } other }) Assert.Equal(reading, other);
    }

    private static byte[] Record(FrameType type, int flags, int stream, byte[] payload) => [(byte)type, (byte)flags, (byte)stream, (byte)payload.Length, .. payload];

    private static byte[] Octets(byte[] input)
    {
        var octets = new ArrayBufferWriter<byte>();
        octets.Write(Preface.Octets);
        new FrameHeader(0, FrameType.Settings, 0, 0).Write(octets.GetSpan(FrameHeader.Size));
        octets.Advance(FrameHeader.Size);
        for (var at = 0; at + 4 <= input.Length;)
        {
            var payload = input.AsSpan(at + 4, Math.Min(input[at + 3], input.Length - at - 4));
            if (input[at] <= 240)
            {
                new FrameHeader(payload.Length, (FrameType)input[at], (FrameFlags)input[at + 1], input[at + 2]).Write(octets.GetSpan(FrameHeader.Size));
                octets.Advance(FrameHeader.Size);
            }
            octets.Write(payload);
            at += 4 + payload.Length;
        }
        return octets.WrittenSpan.ToArray();
    }

    private Dictionary<int, Response> Serve(byte[] octets, int[] cuts)
    {
        var connection = new MemoryConnection(long.MaxValue);
        var serving = new Http2Connection(connection, _context).ServeAsync();
        var from = 0;
        foreach (var cut in cuts)
        {
            if (cut > from) connection.ToServer.WriteAsync(octets.AsMemory(from, cut - from)).GetAwaiter().GetResult();
            from = Math.Max(from, cut);
        }
        connection.ToServer.WriteAsync(octets.AsMemory(from)).GetAwaiter().GetResult();
        connection.CloseByClient();
        var responses = Responses(connection);
        var deadline = Deadline.After();
        while (!serving.Wait(1)) Assert.False(deadline.Passed, "The engine does not end.");
        Assert.Null(_logger.Failure);
        return responses;
    }

    private static Dictionary<int, Response> Responses(MemoryConnection connection)
    {
        var frames = new ReceivedFrames(connection.FromServer);
        var responses = new Dictionary<int, Response>();
        while (frames.TryTake() is { } frame)
        {
            if (frame.StreamId == 0)
            {
                Assert.True(frame.Type is FrameType.Settings or FrameType.Ping or FrameType.GoAway or FrameType.WindowUpdate, $"{frame.Type} on no stream.");
                continue;
            }
            if (!responses.TryGetValue(frame.StreamId, out var response)) responses.Add(frame.StreamId, response = new Response());
            if (frame.Type == FrameType.WindowUpdate) continue;
            // Each frame on a stream that is closed may be answered with another reset (RFC 9113 section 5.1).
            Assert.True(frame.Type == FrameType.RstStream || !response.IsReset, $"{frame.Type} behind a reset.");
            response.IsReset |= frame.Type == FrameType.RstStream;
            if (response.IsReset) continue;
            Assert.False(response.IsEnded, $"{frame.Type} behind the end of a response.");
            response.IsEnded = frame.Header.EndStream;
            if (frame.Fields is { } fields && fields[0] is (":status", [not '1', ..]))
            {
                Assert.False(response.HasHead, "Two responses to one request.");
                response.HasHead = true;
                response.Reading = fields.FirstOrDefault(field => field.Name == "x-reading").Value;
            }
            else if (frame.Type == FrameType.Data)
            {
                Assert.True(response.HasHead, "Data before a response's head.");
            }
        }
        return responses;
    }

    private sealed class Response
    {
        public bool HasHead { get; set; }

        public string? Reading { get; set; }

        public bool IsEnded { get; set; }

        public bool IsReset { get; set; }
    }
}
