namespace Endless.Http.Http2.Hpack;

/// <summary>Decodes Huffman-coded strings (RFC 7541 section 5.2): one look-up for a code of up to ten bits, which covers printable ASCII but for a dozen characters.</summary>
internal static class HuffmanDecoder
{
    private const int LookupBits = 10;

    // By the next ten bits: symbol in the upper bits, length in the lower four; 0 where the code is longer.
    private static readonly ushort[] Lookup = MakeLookup();

    // By length: the first code of the next length, left-aligned in 32 bits (so any smaller value is a code of at most this length); the
    // position of this length's first symbol in SymbolsByCode less its first code.
    private static readonly ulong[] Limits = new ulong[HuffmanCode.MaxLength + 1];
    private static readonly int[] Offsets = new int[HuffmanCode.MaxLength + 1];
    private static readonly ushort[] SymbolsByCode = OrderSymbols();

    /// <summary>Octets that a coded string of <paramref name="length"/> can come to at most: the shortest code has five bits.</summary>
    public static int MaxDecodedLength(int length) => (int)((long)length * 8 / 5);

    /// <summary>
    /// Decodes a whole string. False if it holds the end-of-string symbol, ends within a code, or is padded with more than seven bits
    /// or with anything but the most significant bits of that symbol, which are all ones.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        var bits = 0ul; // the bits not yet decoded, left-aligned, zeros behind them
        var count = 0;
        var position = 0;
        written = 0;
        while (true)
        {
            for (; count <= 56 && position < source.Length; count += 8) bits |= (ulong)source[position++] << (56 - count);
            int entry = Lookup[bits >> (64 - LookupBits)];
            int length, symbol;
            if (entry != 0)
            {
                length = entry & 0xf;
                symbol = entry >> 4;
            }
            else
            {
                length = LookupBits + 1;
                while (bits >> 32 >= Limits[length]) length++;
                symbol = SymbolsByCode[Offsets[length] + (int)(bits >> (64 - length))];
            }
            if (length > count) break; // what is left is padding, or a code cut short
            if (symbol == HuffmanCode.Eos) return false;
            destination[written++] = (byte)symbol;
            bits <<= length;
            count -= length;
        }
        return count < 8 && bits == ~(ulong.MaxValue >> count);
    }

    private static ushort[] MakeLookup()
    {
        var lookup = new ushort[1 << LookupBits];
        for (var symbol = 0; symbol < HuffmanCode.Eos; symbol++)
        {
            int length = HuffmanCode.Lengths[symbol];
            if (length > LookupBits) continue;
            var first = (int)HuffmanCode.Codes[symbol] << (LookupBits - length);
            lookup.AsSpan(first, 1 << (LookupBits - length)).Fill((ushort)(symbol << 4 | length));
        }
        return lookup;
    }

    private static ushort[] OrderSymbols()
    {
        var symbols = new List<ushort>();
        var code = 0ul;
        for (var length = 1; length <= HuffmanCode.MaxLength; length++, code <<= 1)
        {
            Offsets[length] = symbols.Count - (int)code;
            for (var symbol = 0; symbol <= HuffmanCode.Eos; symbol++)
            {
                if (HuffmanCode.Lengths[symbol] != length) continue;
                symbols.Add((ushort)symbol);
                code++;
            }
            Limits[length] = code << (32 - length);
        }
        return [.. symbols];
    }
}
