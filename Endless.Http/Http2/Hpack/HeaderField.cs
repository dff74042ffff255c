using System.Buffers;
using Endless.Http.Semantics;

namespace Endless.Http.Http2.Hpack;

/// <summary>
/// A field line: a name and a value, decoded as ISO 8859-1 so that every byte survives. Immutable, so the dynamic table and any number of requests
/// share one, and a request made of table entries allocates no string.
/// </summary>
internal sealed class HeaderField
{
    /// <summary>What RFC 7541 section 4.1 adds to the octets of name and value: an estimate of an entry's overhead.</summary>
    public const int Overhead = 32;

    // RFC 9110 section 5.6.2 tokens without upper case, which RFC 9113 section 8.2.1 forbids.
    private static readonly SearchValues<char> NameChars = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz");

    // Every control character but HTAB (RFC 9110 section 5.5); the same set as on HTTP/1.
    private static readonly SearchValues<char> BadValueChars = SearchValues.Create([.. Enumerable.Range(0, 32).Append(127).Where(c => c != '\t').Select(c => (char)c)]);

    private readonly FieldKind _ofName; // with a value that nothing can be said against

    public HeaderField(string name, string value)
        : this(name, value, Classify(name), KnownFields.Recognise(name))
    {
    }

    private HeaderField(string name, string value, FieldKind ofName, KnownField known)
    {
        (Name, Value, _ofName, Known) = (name, value, ofName, known);
        Kind = IsWellFormed(value) && (name != "te" || value.Equals("trailers", StringComparison.OrdinalIgnoreCase)) ? ofName : FieldKind.Malformed;
    }

    public string Name { get; }

    public string Value { get; }

    /// <summary>What it is to a request of HTTP/2.</summary>
    public FieldKind Kind { get; }

    /// <summary>What it is to the server whatever the protocol.</summary>
    public KnownField Known { get; }

    /// <summary>The size of RFC 7541 section 4.1, which both the dynamic table and SETTINGS_MAX_HEADER_LIST_SIZE count.</summary>
    public int Size => Name.Length + Value.Length + Overhead;

    /// <summary>Another value under this name, which is not judged again: three octets that refer to a name of 4,000 would cost what these do.</summary>
    public HeaderField With(string value) => new(Name, value, _ofName, Known);

    // RFC 9113 section 8.2.1: a value neither starts nor ends with white space.
    private static bool IsWellFormed(string value) => !value.AsSpan().ContainsAny(BadValueChars) && (value.Length == 0 || !(IsBlank(value[0]) || IsBlank(value[^1])));

    private static FieldKind Classify(string name)
    {
        if (name.Length == 0) return FieldKind.Malformed;
        if (name[0] == ':')
        {
            return name switch
            {
                ":method" => FieldKind.Method,
                ":scheme" => FieldKind.Scheme,
                ":authority" => FieldKind.Authority,
                ":path" => FieldKind.Path,
                ":protocol" => FieldKind.Protocol,
                _ => FieldKind.Malformed,
            };
        }
        return name switch
        {
            // RFC 9113 section 8.2.2: the connection is HTTP/2's own business.
            "connection" or "proxy-connection" or "keep-alive" or "transfer-encoding" or "upgrade" => FieldKind.Malformed,
            "host" => FieldKind.Host,
            "content-length" => FieldKind.ContentLength,
            "cookie" => FieldKind.Cookie,
            "expect" => FieldKind.Expect,
            _ => name.AsSpan().ContainsAnyExcept(NameChars) ? FieldKind.Malformed : FieldKind.Regular,
        };
    }

    private static bool IsBlank(char c) => c is ' ' or '\t';
}
