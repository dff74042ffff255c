namespace Endless.Http.Http1;

/// <summary>The value of a Content-Length field (RFC 9110 section 8.6).</summary>
internal static class ContentLengthField
{
    /// <summary>
    /// Reads a value: <c>1*DIGIT</c>. No sign, no white space inside, no list, nothing above 2^63 - 1. Decimal, with zeros before it as the grammar has them: <c>010</c> is ten, as for
    /// Go, Kestrel and nginx.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out long length)
    {
        length = 0;
        if (value.IsEmpty) return false;
        foreach (var digit in value)
        {
            if (!char.IsAsciiDigit((char)digit) || length > (long.MaxValue - (digit - '0')) / 10) return false;
            length = length * 10 + (digit - '0');
        }
        return true;
    }
}
