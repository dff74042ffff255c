using System.Buffers;

namespace Endless.Http.Semantics;

/// <summary>The grammar of <c>host [ ":" port ]</c> in a Host field or a request target (RFC 9110 sections 4.2 and 7.2).</summary>
internal static class Authority
{
    /// <summary>A connection keeps the last host, which clients repeat, if it is no longer than a name of DNS with a port.</summary>
    public const int UsualLength = 264;

    // reg-name (RFC 3986 section 3.2.2) but for pct-encoded: unreserved and sub-delims.
    private static readonly SearchValues<byte> RegName =
        SearchValues.Create("-._~!$&'()*+,;=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    // IPv6address and IPvFuture between their brackets.
    private static readonly SearchValues<byte> IPLiteral =
        SearchValues.Create("-._~!$&'()*+,;=:0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>
    /// A host that is not empty, with or without a port. User information is refused: RFC 9110 section 4.2.4 has a server treat it as an error.
    /// </summary>
    /// <param name="text">What to look at.</param>
    /// <param name="port">The port's digits; empty if there is none.</param>
    public static bool IsValid(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> port)
    {
        port = default;
        if (text.IsEmpty) return false;

        int hostLength;
        if (text[0] == '[')
        {
            var close = text.IndexOf((byte)']');
            if (close < 2 || text[1..close].ContainsAnyExcept(IPLiteral)) return false;
            hostLength = close + 1;
        }
        else
        {
            var colon = text.IndexOf((byte)':');
            hostLength = colon < 0 ? text.Length : colon;
            if (hostLength == 0 || !IsRegName(text[..hostLength])) return false;
        }

        var rest = text[hostLength..];
        if (rest.IsEmpty) return true;
        if (rest[0] != ':') return false;
        port = rest[1..];
        return port.IsEmpty || IsPort(port);
    }

    /// <summary>The host of a valid text, an IPv6 address within its brackets; the port's digits are behind the colon.</summary>
    public static ReadOnlySpan<char> HostOf(ReadOnlySpan<char> text, out ReadOnlySpan<char> port)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= text.LastIndexOf(']')) // none, or within an address
        {
            port = default;
            return text;
        }
        port = text[(colon + 1)..];
        return text[..colon];
    }

    /// <inheritdoc cref="HostOf(ReadOnlySpan{char}, out ReadOnlySpan{char})"/>
    public static ReadOnlySpan<char> HostOf(ReadOnlySpan<char> text) => HostOf(text, out _);

    /// <summary>A host without the one dot that may be behind it and makes a name absolute: <c>a.example.</c> is the host <c>a.example</c> (RFC 1034 section 3.1).</summary>
    public static ReadOnlySpan<char> WithoutDot(ReadOnlySpan<char> host) => host is [.. var name, '.'] ? name : host;

    private static bool IsRegName(ReadOnlySpan<byte> host)
    {
        while (true)
        {
            var odd = host.IndexOfAnyExcept(RegName);
            if (odd < 0) return true;
            if (host[odd] != '%' || odd + 2 >= host.Length || HexDigit.Value(host[odd + 1]) < 0 || HexDigit.Value(host[odd + 2]) < 0) return false;
            host = host[(odd + 3)..];
        }
    }

    private static bool IsPort(ReadOnlySpan<byte> digits)
    {
        if (digits.Length > 5) return false;
        var value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            value = value * 10 + (digit - '0');
        }
        return value <= ushort.MaxValue;
    }
}
