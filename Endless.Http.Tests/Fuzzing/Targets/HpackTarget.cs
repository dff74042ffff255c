using Endless.Http.Http2;
using Endless.Http.Http2.Hpack;
using Endless.Http.Semantics;
using Endless.Http.Tests.Fuzzing.Coverage;

namespace Endless.Http.Tests.Fuzzing.Targets;

/// <summary>
/// Header blocks of one connection: an octet for the table's size, then blocks, each behind an octet for its length. The table keeps to its size; what was decoded, encoded again, is decoded again; integers and
/// Huffman codes have one way back; and whatever fields there are make a request or none.
/// </summary>
internal sealed class HpackTarget : FuzzTarget
{
    private const int MaxListSize = 4096;

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        // RFC 7541 appendix C.4 and C.6, and a size update.
        [0, 17, .. Convert.FromHexString("828684418cf1e3c2e5f23a6ba0ab90f4ff"), 12, .. Convert.FromHexString("828684be5886a8eb10649cbf"), 24, .. Convert.FromHexString("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf")],
        [8, 54, .. Convert.FromHexString("488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3")],
        [1, 3, 0x3f, 0xe1, 0x1f, 9, 0x20, 0x3f, 0x01, 0x40, 0x01, (byte)'a', 0x01, (byte)'b', 0xbe],
        [255, 8, 0x10, 2, (byte)'t', (byte)'e', 0, 0x82, 0x84, 0x86, 10, 0x0f, 0x0d, 1, (byte)'5', 0x0f, 0x11, 0x80, 0x41, 0x01, (byte)'h'],
    ];

    public override IReadOnlyList<byte[]> Words { get; } =
        [.. Texts("te", "trailers", "cookie", "host", ":path", ":method", ":authority", "connection", "content-length", "expect", "100-continue"), [0x20], [0x3f, 0xe1, 0x1f], [0x3f, 0xff, 0xff, 0xff, 0xff, 0x07], [0x7f, 0x80, 0x80, 0x80, 0x80, 0x00], [0xbe], [0xff, 0x00], [0x82, 0x86, 0x84], [0x40], [0x00], [0x10], [0x80], [0xff, 0xff, 0xff, 0xff]];

    public override long MaxWork(int length) => 4_000 + 2_500L * length;

    public override long MaxAllocated(int length) => 40_000 + 6_000L * length;

    public override void Run(byte[] input)
    {
        if (input.Length == 0) return;
        var maxTable = input[0] == 0 ? HpackDecoder.DefaultTableSize : input[0] * 16;
        var decoder = new HpackDecoder(maxTable);
        var (encoder, again) = (new HpackEncoder(), new HpackDecoder());
        var fields = new HeaderFieldList(MaxListSize, 20);
        var (fieldsAgain, head) = (new HeaderFieldList(MaxListSize * 4, 100), new Http2RequestHead(new ProtocolLimits { MaxRequestLineBytes = 100 }, isSecure: true));
        for (ReadOnlySpan<byte> rest = input.AsSpan(1); !rest.IsEmpty;)
        {
            var block = rest.Slice(1, Math.Min(rest[0], rest.Length - 1));
            rest = rest[(1 + block.Length)..];
            AssertIntegers(block);
            AssertHuffman(block);
            fields.Clear();
            var isRight = decoder.Decode(block, fields);
            AssertTable(decoder.Table, maxTable);
            if (!isRight) return; // the connection ends
            AssertList(fields);
            Encode(fields, encoder);
            fieldsAgain.Clear();
            Assert.True(again.Decode(encoder.Block, fieldsAgain), "What was encoded is not decoded.");
            AssertTable(again.Table, HpackDecoder.DefaultTableSize);
            Assert.Equal(Sendable(fields).Select(field => (field.Name, field.Value)), fieldsAgain.Fields.ToArray().Select(field => (field.Name, field.Value)));
            if (head.TryRead(fields.Fields, endStream: block.Length % 2 == 0) && head.Rejection is null) Assert.NotNull(head.ControlData.Method);
            Http2RequestHead.TryReadTrailers(fields.Fields, head.Fields);
            head.Clear();
        }
    }

    private static IEnumerable<HeaderField> Sendable(HeaderFieldList fields) => fields.Fields.ToArray().Where(field => field.Kind != FieldKind.Malformed && field.Name[0] != ':');

    private static void Encode(HeaderFieldList fields, HpackEncoder encoder)
    {
        encoder.Begin();
        foreach (var field in Sendable(fields)) encoder.Add(field.Name, field.Value);
        // The table is as large as the last block is long, from now on.
        encoder.SetPeerTableSize(encoder.Block.Length % 3 == 0 ? encoder.Block.Length * 4 : HpackDecoder.DefaultTableSize);
    }

    private static void AssertTable(DynamicTable table, int maxSize)
    {
        var size = 0;
        for (var i = 0; i < table.Count; i++) size += table[i].Size;
        Assert.Equal(size, table.Size);
        Assert.InRange(table.Size, 0, table.MaxSize);
        Assert.InRange(table.MaxSize, 0, maxSize);
    }

    private static void AssertList(HeaderFieldList fields)
    {
        var size = 0;
        foreach (var field in fields.Fields) size += field.Size;
        Assert.InRange(size, 0, MaxListSize);
    }

    private static void AssertIntegers(ReadOnlySpan<byte> octets)
    {
        Span<byte> written = stackalloc byte[HpackInteger.MaxOctets];
        for (var bits = 4; bits <= 7; bits++)
        {
            var (position, second) = (0, 0);
            if (!HpackInteger.TryRead(octets, ref position, bits, out var value)) continue;
            Assert.InRange(value, 0, int.MaxValue);
            var length = HpackInteger.Write(written, 0, bits, value);
            Assert.InRange(length, 1, position); // nobody can have said it in less
            Assert.True(HpackInteger.TryRead(written[..length], ref second, bits, out var same) && same == value && second == length, $"{value} is read as {same}.");
        }
    }

    private static void AssertHuffman(ReadOnlySpan<byte> octets)
    {
        var text = new byte[HuffmanDecoder.MaxDecodedLength(octets.Length)];
        if (!HuffmanDecoder.TryDecode(octets, text, out var written)) return;
        var characters = System.Text.Encoding.Latin1.GetString(text, 0, written);
        var coded = new byte[HuffmanEncoder.EncodedLength(characters)];
        Assert.Equal(coded.Length, HuffmanEncoder.Encode(characters, coded));
        Assert.True(octets.SequenceEqual(coded), $"{Convert.ToHexString(octets)} is one of two codes for the same.");
    }
}
