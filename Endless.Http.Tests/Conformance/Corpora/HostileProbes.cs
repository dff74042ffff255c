using static Endless.Http.Tests.Conformance.Corpora.Expectation;
using static Endless.Http.Tests.Conformance.Corpora.ProbeCase;

namespace Endless.Http.Tests.Conformance.Corpora;

/// <summary>Of Http11Probe: what is no HTTP, too much, or cut off.</summary>
internal static class HostileProbes
{
    public static readonly ProbeCase[] All =
    [
        new("MAL-BINARY-GARBAGE", "9112 2.2", Garbage(), Refused, "400"),
        new("MAL-LONG-URL", "9112 3", "GET /" + Long('A', 100_000) + Rest, new(a => a.Status is 0 or 400 or 414 or 431), "414"),
        new("MAL-LONG-HEADER-VALUE", "9110 5.4", Get + "X-Big: " + Long('B', 100_000) + "\r\n\r\n", TooLarge, "200+", why: "within MaxHeaderBytes, whose default is Go's: 1 MiB"),
        new("MAL-MANY-HEADERS", "9110 5.4", Get + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"X-H-{i}: value\r\n")) + "\r\n", TooLarge, "431"),
        new("MAL-NUL-IN-URL", "9112 3.2", "GET /\u0000test HTTP/1.1\r\nHost: a\r\n\r\n", Refused, "400"),
        new("MAL-CONTROL-CHARS-HEADER", "9110 5.5", Get + "X-Test: abc\u0007\u0008\u000bdef\r\n\r\n", Refused, "400"),
        new("MAL-INCOMPLETE-REQUEST", "9112 8", Get + "X-Test: value", Refused, "400", isCut: true),
        new("MAL-EMPTY-REQUEST", "9112 8", "", Refused, "", isCut: true),
        new("MAL-LONG-HEADER-NAME", "9110 5.4", Get + Long('A', 100_000) + ": val\r\n\r\n", TooLarge, "200+", why: "within MaxHeaderBytes, whose default is Go's: 1 MiB"),
        new("MAL-LONG-METHOD", "9112 3", Long('A', 100_000) + " /" + Rest, Refused, "501", why: "the RFC has a 501 for it"),
        new("MAL-NON-ASCII-HEADER-NAME", "9110 5.6.2", Get + "X-T\u00c3\u00abst: value\r\n\r\n", Refused, "400"),
        new("MAL-NON-ASCII-URL", "9112 3.2", "GET /caf\u00c3\u00a9 HTTP/1.1\r\nHost: a\r\n\r\n", Refused, "400"),
        new("MAL-CL-OVERFLOW", "9110 8.6", Post + "Content-Length: 99999999999999999999\r\n\r\n", Refused, "400"),
        new("MAL-WHITESPACE-ONLY-LINE", "9112 2.2", "   \r\n\r\n", Refused, "400"),
        new("MAL-NUL-IN-HEADER-VALUE", "9110 5.5", Get + "X-Test: val\u0000ue\r\n\r\n", Refused, "400"),
        new("MAL-CHUNK-SIZE-OVERFLOW", "9112 7.1", Chunked + "FFFFFFFFFFFFFFFF0\r\nhello\r\n0\r\n\r\n", Refused, "400"),
        new("MAL-H2-PREFACE", "9112 2.3", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", new(a => a.Status is 0 or 400 or 505), ""),
        new("MAL-CL-EMPTY", "9110 8.6", Post + "Content-Length: \r\n\r\n", Refused, "400"),
        new("MAL-CL-TAB-BEFORE-VALUE", "9110 5.5", Post + "Content-Length:\t5\r\n\r\nhello", RefusedOrServed, "200+", why: "white space around a value is no part of it"),
        new("MAL-URL-BACKSLASH", "9112 3.2", "GET /path\\file HTTP/1.1\r\nHost: a\r\n\r\n", RefusedOrFound, "404+", why: "ends neither target nor line; Go, Kestrel and nginx take it as well"),
        new("MAL-URL-OVERLONG-UTF8", "9112 3.2", "GET /\u00c0\u00af HTTP/1.1\r\nHost: a\r\n\r\n", Refused, "400"),
        new("MAL-URL-PERCENT-NULL", "3986 7.3", "GET /path%00.html HTTP/1.1\r\nHost: a\r\n\r\n", RefusedOrFound, "400"),
        new("MAL-URL-PERCENT-CRLF", "3986 2.1", "GET /path%0d%0aX-Injected:%20true HTTP/1.1\r\nHost: a\r\n\r\n", RefusedOrFound, "404+", why: "decoded it is data, and no header field takes it; Go, Kestrel and nginx take it as well"),
        new("MAL-CHUNK-EXT-64K", "9112 7.1.1", Chunked + "5;ext=" + Long('a', 65_536) + "\r\nhello\r\n0\r\n\r\n", new(a => a.Status is 0 or 400 or 431, a => a.IsServed), "400"),
        new("MAL-RANGE-OVERLAPPING", "9110 14.2", Get + "Range: bytes=" + string.Join(',', Enumerable.Repeat("0-", 1000)) + "\r\n\r\n", new(a => a.Status == 0, a => a.Status is 200 or 206 or 400 or 416 or 431), "200+", why: "the handler's: Range MAY be ignored"),
        new("MAL-POST-CL-HUGE-NO-BODY", "9112 8", Post + "Content-Length: 999999999\r\n\r\n", Refused, "400", isCut: true),
    ];
}
