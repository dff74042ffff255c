namespace Endless.Http.Http2.Hpack;

/// <summary>The integer representation of RFC 7541 section 5.1.</summary>
internal static class HpackInteger
{
    /// <summary>The most octets one integer takes: a prefix and five octets hold any 32-bit value.</summary>
    public const int MaxOctets = 6;

    /// <summary>
    /// Reads an integer with a prefix of <paramref name="prefixBits"/> from <paramref name="source"/> at <paramref name="position"/>, and moves past it.
    /// False if it is cut short, above 2^31-1, or drawn out over more octets than any such value needs.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> source, ref int position, int prefixBits, out int value)
    {
        value = 0;
        if (position >= source.Length) return false;
        var mask = (1 << prefixBits) - 1;
        value = source[position++] & mask;
        if (value < mask) return true;
        long sum = value;
        for (var shift = 0; shift <= 28; shift += 7)
        {
            if (position >= source.Length) return false;
            var octet = source[position++];
            sum += (long)(octet & 0x7f) << shift;
            if (sum > int.MaxValue) return false;
            if ((octet & 0x80) == 0)
            {
                value = (int)sum;
                return true;
            }
        }
        return false;
    }

    /// <summary>Writes a non-negative integer behind the bits that <paramref name="first"/> already carries above the prefix. Returns the number of octets.</summary>
    public static int Write(Span<byte> destination, byte first, int prefixBits, int value)
    {
        var mask = (1 << prefixBits) - 1;
        if (value < mask)
        {
            destination[0] = (byte)(first | value);
            return 1;
        }
        destination[0] = (byte)(first | mask);
        value -= mask;
        var count = 1;
        for (; value >= 0x80; value >>= 7) destination[count++] = (byte)(value | 0x80);
        destination[count++] = (byte)value;
        return count;
    }
}
