using System.Buffers;

namespace Endless.Http.Cookies;

/// <summary>What names, values and attributes of cookies consist of (RFC 6265bis section 4.1.1), with Go's widening: a value may hold spaces and commas.</summary>
internal static class CookieGrammar
{
    /// <summary>Bytes of name and value together: a browser drops a cookie with more, whole (RFC 6265bis section 5.6).</summary>
    public const int MaxBytes = 4096;

    /// <summary>Bytes of one attribute's value: a browser ignores one with more.</summary>
    public const int MaxAttributeBytes = 1024;

    // cookie-octet, space and comma: visible ASCII without the quote, the semicolon and the backslash.
    private static readonly SearchValues<char> ValueChars =
        SearchValues.Create(" !#$%&'()*+,-./0123456789:<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private static readonly SearchValues<char> DomainChars = SearchValues.Create("-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Whether a cookie may have a value, its quotes taken off.</summary>
    public static bool IsValue(ReadOnlySpan<char> value) => !value.ContainsAnyExcept(ValueChars);

    /// <summary>A value within quotes, as some clients send it and as one with a space or a comma is sent, without them.</summary>
    public static ReadOnlySpan<char> Unquoted(ReadOnlySpan<char> value) => value is ['"', .. var inner, '"'] ? inner : value;

    /// <summary>Whether a value is sent within quotes: a space at its end would be lost otherwise, and clients that follow RFC 2109 end a value at a comma.</summary>
    public static bool NeedsQuotes(ReadOnlySpan<char> value) => value.ContainsAny(' ', ',');

    /// <summary>Whether a path can be an attribute: visible ASCII and spaces but for the semicolon. Without a slash in front a browser ignores it.</summary>
    public static bool IsPath(ReadOnlySpan<char> path) => path is ['/', ..] && path.Length <= MaxAttributeBytes && !path.ContainsAnyExceptInRange(' ', '~') && !path.Contains(';');

    /// <summary>Whether a domain is a host's name, in labels of up to 63 letters, digits and hyphens, or an IPv4 address.</summary>
    public static bool IsDomain(ReadOnlySpan<char> domain)
    {
        if (domain.IsEmpty || domain.Length > 255 || domain.ContainsAnyExcept(DomainChars)) return false;
        foreach (var range in domain.Split('.'))
        {
            var label = domain[range];
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-') return false;
        }
        return true;
    }
}
