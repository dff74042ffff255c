namespace Endless.Http.Http2.Hpack;

/// <summary>Huffman-codes strings (RFC 7541 section 5.2).</summary>
internal static class HuffmanEncoder
{
    /// <summary>Octets that the coded form of a string of ISO 8859-1 characters takes.</summary>
    public static int EncodedLength(ReadOnlySpan<char> source)
    {
        var bits = 0L;
        foreach (var c in source) bits += HuffmanCode.Lengths[(byte)c];
        return (int)((bits + 7) / 8);
    }

    /// <summary>Codes a string of ISO 8859-1 characters into <paramref name="destination"/>, which holds at least <see cref="EncodedLength"/> octets. Returns the octets written.</summary>
    public static int Encode(ReadOnlySpan<char> source, Span<byte> destination)
    {
        var bits = 0ul; // fewer than 8 bits are carried over, and a code adds at most 30
        var count = 0;
        var written = 0;
        foreach (var c in source)
        {
            int length = HuffmanCode.Lengths[(byte)c];
            bits = bits << length | HuffmanCode.Codes[(byte)c];
            for (count += length; count >= 8;) destination[written++] = (byte)(bits >> (count -= 8));
        }
        // Padding is the most significant bits of the end-of-string symbol: ones.
        if (count > 0) destination[written++] = (byte)(bits << (8 - count) | (0xffu >> count));
        return written;
    }
}
