namespace Endless.Http.Http1;

/// <summary>The value of a Content-Length field (RFC 9110 section 8.6).</summary>
internal static class ContentLengthField
{
    /// <summary>
    /// Reads a value: <c>1*DIGIT</c>, or a list of the same number again and again, which is what repeated fields become on their way through a proxy.
    /// No sign, no white space inside, nothing above 2^63 - 1. Decimal, with zeros before it as the grammar has them: <c>010</c> is ten, as for Go, Kestrel and nginx.
    /// </summary>
    /// <param name="value">The field's value.</param>
    /// <param name="length">What an earlier line said, -1 if there was none; the length afterwards.</param>
    /// <param name="count">How often it was given so far, in lines and elements.</param>
    /// <returns>False if it is malformed or contradicts an earlier one.</returns>
    public static bool TryParse(ReadOnlySpan<byte> value, ref long length, ref int count)
    {
        var ended = false;
        while (FieldList.TryTakeElement(ref value, ref ended, out var digits))
        {
            if (!TryParseNumber(digits, out var number) || (length >= 0 && number != length)) return false;
            length = number;
            count++;
        }
        return true;
    }

    private static bool TryParseNumber(ReadOnlySpan<byte> digits, out long number)
    {
        number = 0;
        if (digits.IsEmpty) return false;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit) || number > (long.MaxValue - (digit - '0')) / 10) return false;
            number = number * 10 + (digit - '0');
        }
        return true;
    }
}
