namespace Endless.Http.Http2.Hpack;

/// <summary>What RFC 9113 section 8 makes of a field of a request. Worked out once for each field line, so an entry of the dynamic table never needs it again.</summary>
internal enum FieldKind : byte
{
    /// <summary>Nothing special.</summary>
    Regular,

    /// <summary>Makes the request malformed wherever it stands: upper case or no token, a control character, an unknown pseudo-header, a connection-specific field.</summary>
    Malformed,

    /// <summary><c>:method</c></summary>
    Method,

    /// <summary><c>:scheme</c></summary>
    Scheme,

    /// <summary><c>:authority</c></summary>
    Authority,

    /// <summary><c>:path</c></summary>
    Path,

    /// <summary><c>:protocol</c> (RFC 8441)</summary>
    Protocol,

    /// <summary><c>host</c></summary>
    Host,

    /// <summary><c>content-length</c></summary>
    ContentLength,

    /// <summary><c>cookie</c>, which may come in crumbs (RFC 9113 section 8.2.3).</summary>
    Cookie,

    /// <summary><c>expect</c></summary>
    Expect,
}
