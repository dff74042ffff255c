using Bogus;
using Endless.Http.Http2.Hpack;

namespace Endless.Http.Tests.Http2.Hpack;

/// <summary>A header block that is decoded as its frames come means what it means whole.</summary>
public sealed class HpackPiecesTests
{
    private const int Seed = 75411;

    [Fact]
    public void However_a_block_is_cut_it_decodes_to_the_same()
    {
        Console.WriteLine($"seed {Seed}");
        var random = new Randomizer(Seed);
        var (valid, invalid) = (0, 0);
        for (var round = 0; round < 300; round++)
        {
            var (whole, pieces) = (new HpackDecoder(), new HpackDecoder());
            for (var i = 0; i < 10; i++)
            {
                var block = Block(random);
                var (expected, actual) = (new HeaderFieldList(2_000, 30, 1_000), new HeaderFieldList(2_000, 30, 1_000));
                var isValid = whole.Decode(block, expected);
                Assert.Equal(isValid, TryDecodeInPieces(pieces, block, actual, random));
                if (isValid) valid++;
                else invalid++;
                if (!isValid) break; // the connection is over
                Assert.Equal(expected.TooLarge, actual.TooLarge);
                Assert.Equal(expected.Fields.ToArray().Select(f => (f.Name, f.Value)), actual.Fields.ToArray().Select(f => (f.Name, f.Value)));
                Assert.Equal((whole.Table.Count, whole.Table.Size, whole.Table.Inserted), (pieces.Table.Count, pieces.Table.Size, pieces.Table.Inserted));
            }
        }
        Assert.True(valid > 300 && invalid > 50, $"{valid} valid, {invalid} invalid");
    }

    /// <summary>What is decoded is a literal's to its end, so a name is not decoded again and again while its value comes.</summary>
    [Fact]
    public void A_field_that_is_not_whole_is_left_as_it_is()
    {
        var decoder = new HpackDecoder();
        var fields = new HeaderFieldList(1_000, 10);
        byte[] octets = [0x82, 0x40, 1, (byte)'a', 3, (byte)'b', (byte)'c'];
        decoder.Begin();
        for (var length = 1; length < 7; length++)
        {
            Assert.True(decoder.TryDecode(octets.AsSpan(length > 1 ? 1 : 0, length > 1 ? length - 1 : 1), isEnd: false, fields, out var consumed));
            Assert.Equal(length > 1 ? 0 : 1, consumed);
        }
        Assert.Equal((1, 0), (fields.Fields.Length, decoder.Table.Count));
        Assert.False(decoder.TryDecode(octets.AsSpan(1), isEnd: true, fields, out _));
    }

    private static bool TryDecodeInPieces(HpackDecoder decoder, byte[] block, HeaderFieldList fields, Randomizer random)
    {
        decoder.Begin();
        var (start, end) = (0, 0);
        while (true)
        {
            end = Math.Min(block.Length, end + random.Int(0, 12));
            var isEnd = end == block.Length && random.Bool();
            if (!decoder.TryDecode(block.AsSpan(start, end - start), isEnd, fields, out var consumed)) return false;
            start += consumed;
            if (isEnd) return true;
        }
    }

    private static byte[] Block(Randomizer random)
    {
        var block = new List<byte>();
        if (random.Int(0, 9) == 0) block.AddRange([0x3f, (byte)random.Int(0, 127)]);
        for (var fields = random.Int(1, 25); fields > 0; fields--)
        {
            switch (random.Int(0, 5))
            {
                case 0: block.Add((byte)(0x80 | random.Int(1, 65))); break;
                case 1: Literal(0x40, 0x3f, random.Int(1, 64)); break;
                case 2: Literal(0, 0x0f, random.Int(1, 64)); break;
                case 3: Literal(0x10, 0x0f, 0); break;
                default: Literal(0x40, 0x3f, 0); break;
            }
        }
        if (random.Int(0, 3) == 0) block[random.Int(0, block.Count - 1)] = random.Byte();
        return [.. block];

        void Literal(byte first, int mask, int index)
        {
            if (index < mask) block.Add((byte)(first | index));
            else block.AddRange([(byte)(first | mask), (byte)(index - mask)]);
            if (index == 0) Text(random.Int(1, 20));
            Text(random.Int(0, 9) == 0 ? random.Int(127, 300) : random.Int(0, 30));
        }

        void Text(int length)
        {
            if (random.Int(0, 2) == 0)
            {
                // Huffman code of five bits each: 'a' is 00011, 'e' 00101; eight of them are five octets.
                block.Add((byte)(0x80 | 5));
                block.AddRange([0x18, 0xc6, 0x31, 0x8c, 0x63]);
                return;
            }
            if (length < 127) block.Add((byte)length);
            else block.AddRange([0x7f, (byte)((length - 127) & 0x7f | 0x80), (byte)((length - 127) >> 7)]);
            for (var i = 0; i < length; i++) block.Add((byte)('a' + random.Int(0, 25)));
        }
    }
}
