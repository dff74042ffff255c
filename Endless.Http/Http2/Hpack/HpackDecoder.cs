using System.Buffers;
using System.Text;

namespace Endless.Http.Http2.Hpack;

/// <summary>
/// Decodes the header blocks of one connection (RFC 7541 section 3). Every error is a connection error of type COMPRESSION_ERROR, for
/// the dynamic table is then out of step. The work is linear in the octets received, whatever they refer to.
/// </summary>
internal sealed class HpackDecoder(int maxTableSize = HpackDecoder.DefaultTableSize)
{
    private bool _isBehindField; // a field of this block was decoded

    /// <summary>The initial SETTINGS_HEADER_TABLE_SIZE (RFC 9113 section 6.5.2).</summary>
    public const int DefaultTableSize = 4096;

    /// <summary>What the peer's encoder has put in its table.</summary>
    public DynamicTable Table { get; } = new(maxTableSize);

    /// <summary>Decodes a whole block into <paramref name="fields"/>. False for a compression error.</summary>
    public bool Decode(ReadOnlySpan<byte> block, HeaderFieldList fields)
    {
        Begin();
        return TryDecode(block, isEnd: true, fields, out _);
    }

    /// <summary>Begins a block that comes in pieces.</summary>
    public void Begin() => _isBehindField = false;

    /// <summary>Decodes of a block in pieces the fields that are here whole. False for a compression error.</summary>
    /// <param name="octets">What has come and was not decoded.</param>
    /// <param name="isEnd">Nothing follows.</param>
    /// <param name="fields">Where the fields go.</param>
    /// <param name="consumed">Octets that were decoded: what is behind them is to come again, with more.</param>
    public bool TryDecode(ReadOnlySpan<byte> octets, bool isEnd, HeaderFieldList fields, out int consumed)
    {
        var position = consumed = 0;
        while (position < octets.Length && (isEnd || IsWhole(octets, position)))
        {
            if (!TryDecodeNext(octets, ref position, fields)) return false;
            consumed = position;
        }
        return true;
    }

    private bool TryDecodeNext(ReadOnlySpan<byte> block, ref int position, HeaderFieldList fields)
    {
        var first = block[position];
        if ((first & 0xe0) == 0x20)
        {
            // A change of size may only come before the first field of a block (RFC 7541 section 4.2).
            if (_isBehindField || !HpackInteger.TryRead(block, ref position, 5, out var size) || size > maxTableSize) return false;
            Table.Resize(size);
            return true;
        }
        _isBehindField = true;
        if ((first & 0x80) != 0) // indexed (section 6.1)
        {
            if (!HpackInteger.TryRead(block, ref position, 7, out var index) || Find(index) is not { } entry) return false;
            fields.Add(entry, entry.Name.Length + entry.Value.Length);
            return true;
        }
        var isIndexing = (first & 0x40) != 0; // with incremental indexing (section 6.2.1); else without, or never indexed (sections 6.2.2 and 6.2.3)
        // Of a section that is refused anyway only what the table needs is made.
        if (!isIndexing && fields is { TooLarge: true, Method: not null }) return TrySkipLiteral(block, ref position);
        if (!TryReadLiteral(block, ref position, isIndexing ? 6 : 4, out var field, out var referenced)) return false;
        if (isIndexing) Table.Insert(field);
        fields.Add(field, referenced);
        return true;
    }

    /// <summary>The field at a position is complete, or it is malformed. Looks at its lengths only: it may be asked again with each piece of a long field.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> octets, int position)
    {
        var first = octets[position];
        var prefixBits = (first & 0x80) != 0 ? 7 : (first & 0x40) != 0 ? 6 : (first & 0x20) != 0 ? 5 : 4;
        var start = position;
        if (!HpackInteger.TryRead(octets, ref position, prefixBits, out var index)) return octets.Length - start >= HpackInteger.MaxOctets;
        if ((first & 0x80) != 0 || (first & 0xe0) == 0x20) return true;
        for (var strings = index == 0 ? 2 : 1; strings > 0; strings--)
        {
            start = position;
            if (!HpackInteger.TryRead(octets, ref position, 7, out var length)) return octets.Length - start >= HpackInteger.MaxOctets;
            if (length > octets.Length - position) return false;
            position += length;
        }
        return true;
    }

    private HeaderField? Find(int index)
    {
        if (index is > 0 and <= StaticTable.Count) return StaticTable.Get(index);
        var age = index - StaticTable.Count - 1;
        return index > 0 && age < Table.Count ? Table[age] : null;
    }

    private bool TryReadLiteral(ReadOnlySpan<byte> block, ref int position, int prefixBits, out HeaderField field, out int referenced)
    {
        field = null!;
        referenced = 0;
        if (!HpackInteger.TryRead(block, ref position, prefixBits, out var index)) return false;
        if (index == 0)
        {
            if (!TryReadString(block, ref position, out var name) || !TryReadString(block, ref position, out var value)) return false;
            field = new HeaderField(name!, value!);
            return true;
        }
        if (Find(index) is not { } named || !TryReadString(block, ref position, out var another)) return false;
        field = named.With(another!);
        referenced = named.Name.Length;
        return true;
    }

    /// <summary>Moves past a literal that does not enter the table: judged as any other, and not made.</summary>
    private bool TrySkipLiteral(ReadOnlySpan<byte> block, ref int position)
    {
        if (!HpackInteger.TryRead(block, ref position, 4, out var index) || (index != 0 && Find(index) is null)) return false;
        return (index != 0 || TryReadString(block, ref position, out _, isKept: false)) && TryReadString(block, ref position, out _, isKept: false);
    }

    private static bool TryReadString(ReadOnlySpan<byte> block, ref int position, out string? text, bool isKept = true)
    {
        text = null;
        var huffman = position < block.Length && (block[position] & 0x80) != 0;
        if (!HpackInteger.TryRead(block, ref position, 7, out var length) || length > block.Length - position) return false;
        var octets = block.Slice(position, length);
        position += length;
        if (!huffman)
        {
            if (isKept) text = Encoding.Latin1.GetString(octets);
            return true;
        }
        var room = HuffmanDecoder.MaxDecodedLength(length);
        byte[]? rented = null;
        var decoded = room <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(room);
        var valid = HuffmanDecoder.TryDecode(octets, decoded, out var written);
        if (valid && isKept) text = Encoding.Latin1.GetString(decoded[..written]);
        if (rented != null) ArrayPool<byte>.Shared.Return(rented);
        return valid;
    }
}
