namespace Endless.Http.Tests.Fuzzing.Peers;

/// <summary>Why this server and Go's disagree, by class of disagreement. docs/fuzzing.md has what matters of it.</summary>
internal static class GoVerdicts
{
    private static readonly (string Kind, string Verdict)[] Explained =
    [
        ("Endless refuses: 400 Bad Request: a control character", "Go takes a bare LF for the end of a line, which RFC 9112 section 2.2 allows, and control characters in a value; here they are refused, since two hops may see two lines"),
        ("Endless refuses: 400 Bad Request: what was sent does not begin", "the same: behind a bare LF"),
        ("Endless refuses: 400 Bad Request: malformed field line", "Go takes an empty name, and folded lines (RFC 9112 section 5.2 has them refused or replaced)"),
        ("Endless refuses: 400 Bad Request: malformed trailer section", "a trailer's name must be a token, and some fields may not be trailers (RFC 9110 section 6.5.1); Go takes more, and leaves them out"),
        ("Endless refuses: 400 Bad Request: malformed Host field", "brackets that are not balanced, and ports that are none; Go looks at the characters alone"),
        ("Endless refuses: 400 Bad Request: malformed Transfer-Encoding", "chunked is applied once (RFC 9112 section 6.1)"),
        ("Endless refuses: 400 Bad Request: malformed or contradictory Content-Length", "beside Transfer-Encoding Go does not look at it"),
        ("Endless refuses: 400 Bad Request: Content-Length beside Transfer-Encoding", "RFC 9112 section 6.1 allows both to be refused or one to be ignored; here they are refused"),
        ("Endless refuses: 400 Bad Request: malformed chunk", "extensions are held to their grammar (RFC 9112 section 7.1.1); Go passes over them up to the next LF (CVE-2025-22871)"),
        ("Endless refuses: 400 Bad Request: malformed request target", "bytes that no URI has; Go takes those above ASCII"),
        ("Endless refuses: 400 Bad Request: malformed request line", "behind a bare LF"),
        ("Endless refuses: 417 Expectation Failed", "Expect in two lines of which the second is another; Go looks at the first"),
        ("Endless refuses: 421 Misdirected Request", "an https target without TLS (RFC 9110 section 7.4); Go serves it"),
        ("Endless refuses: 400 Bad Request: Transfer-Encoding in an HTTP/1.0 request", "its framing is faulty (RFC 9112 section 6.1); Go ignores the field, and two hops may see two messages"),
        ("Endless refuses: 400 Bad Request: an HTTP/1.1 request needs one Host field", "also a CONNECT does (RFC 9112 section 3.2); Go asks it for none"),
        ("Endless refuses: (HEAD)", "one of the others: the answer to HEAD has no text that says which"),
        ("Go refuses: 400 Bad Request: body: invalid byte in chunk length", "white space between a chunk's size and its extension (RFC 9112 section 7.1.1 has it parsed)"),
        ("Go refuses: 400 Bad Request: body: http chunk length too large", "more zeros before a size than Go takes"),
        ("Go refuses: 400 Bad Request without a reason", "the same Content-Length twice in a list, which RFC 9110 section 8.6 lets a recipient merge"),
        ("Endless answers less and closes", "behind a CONNECT that was accepted is a tunnel and no request (RFC 9110 section 9.3.6); Go goes on"),
        ("Endless closes without an answer", "both refuse: another protocol's line is met with a close (RFC 9113 section 3.4)"),
        ("OPTIONS * does not reach a handler", "both answer it themselves; Go reads its body first"),
        ("Go refuses: (HEAD)", "one of the others"),
    ];

    /// <summary>Null if nobody has explained it yet: that is a finding.</summary>
    public static string? Of(string kind)
    {
        foreach (var (known, verdict) in Explained)
            if (kind.StartsWith(known, StringComparison.Ordinal)) return verdict;
        return null;
    }
}
