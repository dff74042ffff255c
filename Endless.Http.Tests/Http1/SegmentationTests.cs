using System.Buffers;
using System.Globalization;
using System.Text;
using Endless.Http.Http1;
using Endless.Http.Semantics;

namespace Endless.Http.Tests.Http1;

/// <summary>It makes no difference how bytes are cut on their way.</summary>
public sealed class SegmentationTests
{
    private const int Seed = 20_240_607;

    /// <summary>What the head reader and the parser make of bytes that arrive in parts.</summary>
    private static string Read(params ReadOnlySpan<byte[]> parts)
    {
        var limits = new ProtocolLimits { MaxHeaderBytes = 2000, MaxRequestLineBytes = 200, MaxHeaderCount = 20 };
        var reader = new RequestHeadReader(limits);
        var lines = new FieldLines();
        var header = new Header(lines, request: null);
        var head = new RequestHead(limits, lines, isSecure: false);
        var sequence = default(Segments);
        foreach (var part in parts)
        {
            sequence.Append(part);
            var unread = sequence.Unread;
            var status = reader.Read(unread, out var consumed);
            sequence.Consume(consumed);
            if (status == RequestHeadReader.Status.Incomplete) continue;

            var rejection = reader.Rejection;
            if (rejection is null && head.Parse(reader.Buffer, reader.Length) is { } refused) rejection = reader.FirstRejection(refused);
            if (rejection is not null) return $"{rejection.Status} {rejection.Reason}";
            var text = new StringBuilder();
            text.Append(CultureInfo.InvariantCulture, $"{head.Method} {head.Target.Raw} {head.MinorVersion} {head.Host} {head.ContentLength} {head.KeepAlive} {head.ExpectsContinue}");
            foreach (var (name, value) in header) text.Append(CultureInfo.InvariantCulture, $"\n{name}={value}.");
            return text.ToString();
        }
        return "incomplete";
    }

    [Fact]
    public void A_head_split_at_every_byte_reads_the_same()
    {
        var corpus = new RequestCorpus(Seed);
        for (var i = 0; i < 150; i++) AssertSegmentationPlaysNoPart(corpus.Head(), $"seed {Seed}, head {i}");
    }

    [Fact]
    public void A_broken_head_split_at_every_byte_is_refused_for_the_same_reason()
    {
        var corpus = new RequestCorpus(Seed);
        var random = new Bogus.Randomizer(Seed);
        for (var i = 0; i < 400; i++)
        {
            var bytes = Encoding.Latin1.GetBytes(corpus.Head());
            for (var n = random.Int(1, 3); n > 0; n--)
            {
                var at = random.Int(0, bytes.Length - 1);
                bytes[at] = random.ArrayElement<byte>([0, 9, 10, 13, 32, 35, 58, 127, 200, (byte)random.Int(0, 255)]);
            }
            AssertSegmentationPlaysNoPart(Encoding.Latin1.GetString(bytes), $"seed {Seed}, head {i}");
        }
    }

    [Theory]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: a\r\n\r\n", 190)]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: a\r\n\r\n", 186)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: {0}\r\n\r\n", 1955)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: {0}\r\n\r\n", 1966)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: {0}\r\n\r\n", 5000)]
    [InlineData("GET /\n{0} HTTP/1.1\r\nHost: a\r\n\r\n", 300)]
    [InlineData("GET /{0}\n HTTP/1.1\r\nHost: a\r\n\r\n", 300)]
    public void Limits_hold_for_every_split(string head, int length) =>
        AssertSegmentationPlaysNoPart(string.Format(CultureInfo.InvariantCulture, head, new string('a', length)), head);

    [Fact]
    public void Too_many_fields_are_refused_for_every_split()
    {
        var head = new StringBuilder("GET / HTTP/1.1\r\nHost: a\r\n");
        for (var i = 0; i < 20; i++) head.Append("A: b\r\n");
        Assert.StartsWith("431 ", AssertSegmentationPlaysNoPart(head + "\r\n", "21 fields"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_chunked_body_split_at_every_byte_decodes_the_same()
    {
        var corpus = new RequestCorpus(Seed);
        for (var i = 0; i < 300; i++)
        {
            var request = corpus.Request();
            if (!request.Contains("Transfer-Encoding", StringComparison.Ordinal)) continue;
            var body = Encoding.Latin1.GetBytes(request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
            var whole = Decode(body);
            Assert.StartsWith("ended", whole, StringComparison.Ordinal);
            for (var at = 0; at <= body.Length; at++)
                Assert.True(whole == Decode(body[..at], body[at..]), $"seed {Seed}, request {i}, cut at {at}");
        }
    }

    private static string AssertSegmentationPlaysNoPart(string text, string what)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var whole = Read(bytes);
        var byByte = Read([.. bytes.Select(b => new[] { b })]);
        Assert.True(whole == byByte, $"{what}, byte by byte: {byByte}\nwhole: {whole}");
        for (var at = 0; at <= bytes.Length; at++)
        {
            var split = Read(bytes[..at], bytes[at..]);
            Assert.True(whole == split, $"{what}, cut at {at}: {split}\nwhole: {whole}");
        }
        return whole;
    }

    private static string Decode(params ReadOnlySpan<byte[]> parts)
    {
        var decoder = new ChunkedDecoder(new ProtocolLimits());
        var data = new ArrayBufferWriter<byte>();
        var trailers = new FieldLines();
        foreach (var part in parts)
        {
            if (decoder.Decode(part, data, new BodyLimit(-1), trailers, out _) is { } refused) return refused.Reason;
        }
        var text = (decoder.IsEnded ? "ended " : "open ") + Encoding.Latin1.GetString(data.WrittenSpan);
        foreach (var (name, value) in new Header(trailers, request: null)) text += $"\n{name}={value}.";
        return text;
    }

    /// <summary>Unread bytes in as many segments as they arrived in.</summary>
    private struct Segments
    {
        private List<byte[]>? _parts;

        public void Append(byte[] part)
        {
            if (part.Length > 0) (_parts ??= []).Add(part);
        }

        public readonly ReadOnlySequence<byte> Unread
        {
            get
            {
                if (_parts is null or []) return default;
                var first = new Segment(_parts[0], null);
                var last = first;
                foreach (var part in _parts.Skip(1)) last = new Segment(part, last);
                return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
            }
        }

        public readonly void Consume(SequencePosition consumed)
        {
            if (consumed.GetObject() is not Segment segment) return;
            var count = segment.RunningIndex + consumed.GetInteger();
            while (count > 0)
            {
                var taken = (int)Math.Min(count, _parts![0].Length);
                _parts[0] = _parts[0][taken..];
                if (_parts[0].Length == 0) _parts.RemoveAt(0);
                count -= taken;
            }
        }

        private sealed class Segment : ReadOnlySequenceSegment<byte>
        {
            public Segment(byte[] bytes, Segment? before)
            {
                Memory = bytes;
                if (before is null) return;
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
