using System.Buffers;
using System.Globalization;
using System.Text;
using Endless.Http.Http1;
using Endless.Http.Semantics;
using Endless.Http.Tests.Fuzzing.Coverage;

namespace Endless.Http.Tests.Fuzzing.Targets;

/// <summary>
/// Chunked bodies: decoded the same whether they come whole, in two parts or byte by byte; a body where the grammar has one and nowhere else (<see cref="ReferenceChunks"/>); and what was decoded, coded again, is decoded again.
/// </summary>
internal sealed class ChunkedTarget : FuzzTarget
{
    private static readonly ProtocolLimits Limits = new() { MaxHeaderCount = 5, MaxTrailerBytes = 200 };

    public override IReadOnlyList<byte[]> Seeds { get; } = Texts(
        "5\r\nhello\r\n0\r\n\r\n",
        "1;a=b;c=\"d\\\"e\"\r\nx\r\n0\r\nX-T: y\r\nZ:\r\n\r\n",
        "a \t; b = c\r\n0123456789\r\n0A\r\n0123456789\r\n000;x\r\n\r\n");

    public override IReadOnlyList<byte[]> Words { get; } = Texts(
        "\r\n", "\r\n\r\n", "0\r\n\r\n", "\r", "\n", ";", "=", "\"", "\\", " ", "\t", "a=b", ";a=\"b\"", "1\r\nx\r\n", "fffffffffffffff", "7fffffffffffffff", "0000000000000000", "ffffffffffffffff",
        "X: y\r\n", "Content-Length: 1\r\n", "Host: a\r\n", "Transfer-Encoding: chunked\r\n", ": ", "\0", "\u0080", "\u007f", "GET / HTTP/1.1\r\n");

    public override long MaxWork(int length) => 2_000 + 150L * length;

    public override long MaxAllocated(int length) => 40_000 + 400L * length;

    public override void Run(byte[] input)
    {
        var whole = new Decoded(input, part: input.Length, first: 0);
        whole.AssertSame(new Decoded(input, part: 1, first: 0));
        whole.AssertSame(new Decoded(input, part: input.Length, first: RandomOf(input).Next(input.Length + 1)));

        var trailers = ReferenceChunks.Read(input, out var data, out var consumed);
        if (whole.IsEnded)
        {
            Assert.True(trailers is not null, "This is no body by the grammar.");
            Assert.Equal(consumed, whole.Consumed);
            Assert.True(data.AsSpan().SequenceEqual(whole.Data), "The grammar has other data.");
            byte[] again = data.Length == 0 ? [] : [.. Encoding.ASCII.GetBytes(data.Length.ToString("x", CultureInfo.InvariantCulture)), .. "\r\n"u8, .. data, .. "\r\n"u8];
            new Decoded([.. again, .. "0\r\n"u8, .. input.AsSpan(trailers.Value, consumed - trailers.Value)], part: int.MaxValue, first: 0).AssertSame(whole, ofSameBytes: false);
        }
        else if (trailers is not null && IsRefusedForItsSyntax(whole))
        {
            // Beyond the grammar some fields may be no trailers.
            Assert.Contains(TrailerFields(input, trailers.Value, consumed), Endless.Http.Semantics.TrailerFields.IsForbidden);
        }
    }

    private static bool IsRefusedForItsSyntax(Decoded decoded) => decoded.Refused is null or { Status: 400 };

    private static IEnumerable<string> TrailerFields(byte[] input, int from, int to) =>
        Encoding.Latin1.GetString(input, from, to - from).Split("\r\n").Where(line => line.Length > 0).Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]);

    /// <summary>What became of a body.</summary>
    private sealed class Decoded
    {
        private readonly List<string> _trailers = [];

        /// <param name="input">All of it.</param>
        /// <param name="part">How long the parts are in which it comes.</param>
        /// <param name="first">How long one before them is.</param>
        public Decoded(byte[] input, int part, int first)
        {
            var decoder = new ChunkedDecoder(Limits);
            var lines = new FieldLines();
            var data = new ArrayBufferWriter<byte>();
            for (var (at, length) = (0, first); at <= input.Length && Refused is null && !decoder.IsEnded; length = part)
            {
                var bytes = input.AsSpan(at, Math.Min(length, input.Length - at));
                Refused = decoder.Decode(bytes, data, new BodyLimit(600), lines, out var consumed);
                Assert.True(consumed >= 0 && consumed <= bytes.Length);
                Assert.True(Refused is not null || decoder.IsEnded || consumed == bytes.Length, "Something is left.");
                Consumed += consumed;
                at += consumed;
                if (at == input.Length) break;
            }
            (IsEnded, Data) = (decoder.IsEnded && Refused is null, data.WrittenSpan.ToArray());
            Assert.Equal(data.WrittenCount, decoder.DataBytes);
            if (IsEnded)
                for (var i = 0; i < lines.Count; i++) _trailers.Add($"{lines.NameAt(i)}:{lines.ValueAt(i)}");
            lines.Clear();
            decoder.Release();
        }

        public bool IsEnded { get; }

        public byte[] Data { get; }

        public Rejection? Refused { get; }

        public int Consumed { get; }

        public void AssertSame(Decoded other, bool ofSameBytes = true)
        {
            Assert.Equal(Refused, other.Refused);
            Assert.Equal(IsEnded, other.IsEnded);
            Assert.True(Data.AsSpan().SequenceEqual(other.Data), "The data differs.");
            Assert.Equal(_trailers, other._trailers);
            if (ofSameBytes) Assert.Equal(Consumed, other.Consumed);
        }
    }
}
