using System.Buffers;
using System.Text;

namespace Endless.Http.Http2.Hpack;

/// <summary>
/// Decodes the header blocks of one connection (RFC 7541 section 3). Every error is a connection error of type COMPRESSION_ERROR, for
/// the dynamic table is then out of step. The work is linear in the octets received, whatever they refer to.
/// </summary>
internal sealed class HpackDecoder(int maxTableSize = HpackDecoder.DefaultTableSize)
{
    /// <summary>The initial SETTINGS_HEADER_TABLE_SIZE (RFC 9113 section 6.5.2).</summary>
    public const int DefaultTableSize = 4096;

    /// <summary>What the peer's encoder has put in its table.</summary>
    public DynamicTable Table { get; } = new(maxTableSize);

    /// <summary>Decodes a whole block into <paramref name="fields"/>. False for a compression error.</summary>
    public bool Decode(ReadOnlySpan<byte> block, HeaderFieldList fields)
    {
        var position = 0;
        // A change of size may only come before the first field of a block (RFC 7541 section 4.2).
        while (position < block.Length && (block[position] & 0xe0) == 0x20)
        {
            if (!HpackInteger.TryRead(block, ref position, 5, out var size) || size > maxTableSize) return false;
            Table.Resize(size);
        }
        while (position < block.Length)
        {
            var first = block[position];
            HeaderField? field;
            if ((first & 0x80) != 0) // indexed (section 6.1)
            {
                if (!HpackInteger.TryRead(block, ref position, 7, out var index) || Find(index) is not { } entry) return false;
                field = entry;
            }
            else if ((first & 0x40) != 0) // literal with incremental indexing (section 6.2.1)
            {
                if (!TryReadLiteral(block, ref position, 6, out field)) return false;
                Table.Insert(field);
            }
            else if ((first & 0x20) == 0) // literal without indexing or never indexed (sections 6.2.2 and 6.2.3)
            {
                if (!TryReadLiteral(block, ref position, 4, out field)) return false;
            }
            else // a size update behind a field
            {
                return false;
            }
            fields.Add(field);
        }
        return true;
    }

    private HeaderField? Find(int index)
    {
        if (index is > 0 and <= StaticTable.Count) return StaticTable.Get(index);
        var age = index - StaticTable.Count - 1;
        return index > 0 && age < Table.Count ? Table[age] : null;
    }

    private bool TryReadLiteral(ReadOnlySpan<byte> block, ref int position, int prefixBits, out HeaderField field)
    {
        field = null!;
        if (!HpackInteger.TryRead(block, ref position, prefixBits, out var index)) return false;
        if (index == 0)
        {
            if (!TryReadString(block, ref position, out var name) || !TryReadString(block, ref position, out var value)) return false;
            field = new HeaderField(name, value);
            return true;
        }
        if (Find(index) is not { } named || !TryReadString(block, ref position, out var another)) return false;
        field = named.With(another);
        return true;
    }

    private static bool TryReadString(ReadOnlySpan<byte> block, ref int position, out string text)
    {
        text = "";
        var huffman = position < block.Length && (block[position] & 0x80) != 0;
        if (!HpackInteger.TryRead(block, ref position, 7, out var length) || length > block.Length - position) return false;
        var octets = block.Slice(position, length);
        position += length;
        if (!huffman)
        {
            text = Encoding.Latin1.GetString(octets);
            return true;
        }
        var room = HuffmanDecoder.MaxDecodedLength(length);
        byte[]? rented = null;
        var decoded = room <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(room);
        var valid = HuffmanDecoder.TryDecode(octets, decoded, out var written);
        if (valid) text = Encoding.Latin1.GetString(decoded[..written]);
        if (rented != null) ArrayPool<byte>.Shared.Return(rented);
        return valid;
    }
}
