namespace Endless.Http.Tests.Fuzzing;

/// <summary>Why this server and Kestrel disagree, by class of disagreement. docs/http1-conformance.md says the same at length.</summary>
internal static class Verdicts
{
    private static readonly (string Kind, string Verdict)[] Explained =
    [
        ("Endless refuses: 400 Bad Request: a control character", "Kestrel takes a bare LF for the end of a line, which RFC 9112 section 2.2 allows; here it is refused, since two hops may see two lines"),
        ("Endless refuses: 400 Bad Request: what was sent does not begin", "the same: behind a bare LF"),
        ("Endless refuses: 400 Bad Request: malformed field line", "a field name must be a token (RFC 9110 section 5.6.2); Kestrel takes more"),
        ("Endless refuses: 400 Bad Request: malformed trailer section", "a trailer's name must be a token, and some fields may not be trailers (RFC 9110 section 6.5.1); Kestrel takes more"),
        ("Endless refuses: 400 Bad Request: malformed Host field", "Kestrel looks at a Host only where it counts; RFC 9112 section 3.2 has every malformed one refused"),
        ("Endless refuses: 400 Bad Request: malformed Transfer-Encoding", "chunked is applied once (RFC 9112 section 6.1); Kestrel looks at the last coding alone"),
        ("Endless refuses: 501 Not Implemented: a transfer coding", "a coding before chunked is not known (RFC 9112 section 6.1); Kestrel passes it over"),
        ("Endless refuses: 400 Bad Request: malformed or contradictory Content-Length", "digits and nothing else (RFC 9110 section 8.6); Kestrel takes a sign, or ignores the field beside Transfer-Encoding"),
        ("Endless refuses: 400 Bad Request: Content-Length beside Transfer-Encoding", "RFC 9112 section 6.1 allows both to be refused or one to be ignored; here they are refused"),
        ("Endless refuses: 400 Bad Request: malformed chunk", "extensions are held to their grammar (RFC 9112 section 7.1.1); Kestrel passes over them"),
        ("Endless refuses: 400 Bad Request: malformed request target", "a percent sign needs two hexadecimal digits (RFC 3986 section 2.1); Kestrel leaves others as they are"),
        ("Endless refuses: 400 Bad Request: malformed request line", "behind a bare LF, or a part is missing; Kestrel takes more"),
        ("Endless refuses: 417 Expectation Failed", "an expectation other than 100-continue (RFC 9110 section 10.1.1 leaves it open); Kestrel ignores it"),
        ("Endless refuses: 421 Misdirected Request", "an https target without TLS (RFC 9110 section 7.4); Kestrel serves it"),
        ("Endless refuses: (HEAD)", "one of the others: the answer to HEAD has no text that says which"),
        ("Kestrel refuses: Bad chunk size data", "white space around the semicolon of an extension (RFC 9112 section 7.1.1 has it parsed), or more zeros than Kestrel takes"),
        ("Kestrel refuses: Invalid Host header", "percent-encoding and sub-delims in a host (RFC 3986 section 3.2.2); Kestrel takes fewer characters"),
        ("Kestrel refuses: Invalid request target", "the same in an absolute target"),
        ("Kestrel closes without an answer", "both refuse; Kestrel closes at once, and with bytes unread a reset takes its answer away (RFC 9112 section 9.6)"),
        ("Kestrel refuses: Unrecognized HTTP version", "HTTP/1.2 and above are served as HTTP/1.1 (RFC 9110 section 2.5)"),
        ("Kestrel refuses: PUT request contains no Content-Length header", "no length is no body (RFC 9112 section 6.3), on HTTP/1.0 too"),
        ("Kestrel refuses: POST request contains no Content-Length header", "no length is no body (RFC 9112 section 6.3), on HTTP/1.0 too"),
        ("Endless closes without an answer", "both refuse: another protocol's line is met with a close (RFC 9113 section 3.4)"),
        ("Endless refuses: 400 Bad Request: too many empty lines", "four are skipped, where RFC 9112 section 2.2 asks for one; Kestrel skips any number"),
        ("OPTIONS * does not reach a handler", "it is answered before any mux (RFC 9110 section 9.3.7), as Go does; Kestrel calls the application"),
    ];

    /// <summary>Null if nobody has explained it yet: that is a finding.</summary>
    public static string? Of(string kind)
    {
        foreach (var (known, verdict) in Explained)
            if (kind.StartsWith(known, StringComparison.Ordinal)) return verdict;
        return null;
    }
}
