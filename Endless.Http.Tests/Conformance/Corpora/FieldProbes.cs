using static Endless.Http.Tests.Conformance.Corpora.Expectation;
using static Endless.Http.Tests.Conformance.Corpora.ProbeCase;

namespace Endless.Http.Tests.Conformance.Corpora;

/// <summary>Of Http11Probe: names that are alike, cookies, and conditional requests.</summary>
internal static class FieldProbes
{
    public static readonly ProbeCase[] All =
    [
        new("NORM-UNDERSCORE-CL", "9110 5.1", PostFields + "Content-Length: 11\r\nContent_Length: 99\r\n\r\nhello world", KeptApart("Content-Length", "Content_Length", "99"), "200+", why: "a token, and the name of another field; passed on as it is, as by Go and Kestrel"),
        new("NORM-SP-BEFORE-COLON-CL", "9112 5", PostFields + "Content-Length: 11\r\nContent-Length : 5\r\n\r\nhello world", KeptApart("Content-Length", "Content-Length ", "5"), "400"),
        new("NORM-TAB-IN-NAME", "9110 5.6.2", PostFields + "Content-Length: 11\r\nContent\tLength: 99\r\n\r\nhello world", KeptApart("Content-Length", "Content\tLength", "99"), "400"),
        new("NORM-CASE-TE", "9110 5.1", PostFields + "Content-Length: 11\r\nTRANSFER-ENCODING: chunked\r\n\r\nhello world", KeptApart("Transfer-Encoding", "TRANSFER-ENCODING", "chunked"), "400"),
        new("NORM-UNDERSCORE-TE", "9110 5.1", PostFields + "Content-Length: 11\r\nTransfer_Encoding: chunked\r\n\r\nhello world", KeptApart("Transfer-Encoding", "Transfer_Encoding", "chunked"), "200+", why: "a token, and the name of another field; passed on as it is, as by Go and Kestrel"),
        new("CAP-ETAG-304", "9110 13.1.2", Get + "\r\n" + Get + "If-None-Match: \"no-etag\"\r\n\r\n", new(a => a.Second?.Status == 304, a => a.Second is { Status: >= 200 and < 300 }), "200 200+", why: "the handler's: validators and conditional requests"),
        new("CAP-LAST-MODIFIED-304", "9110 13.1.3", Get + "\r\n" + Get + "If-Modified-Since: Thu, 01 Jan 2099 00:00:00 GMT\r\n\r\n", new(a => a.Second?.Status == 304, a => a.Second is { Status: >= 200 and < 300 }), "200 200+", why: "the handler's: validators and conditional requests"),
        new("CAP-ETAG-IN-304", "9110 15.4.5", Get + "\r\n" + Get + "If-None-Match: \"no-etag\"\r\n\r\n", new(a => a.Second?.Status == 304 && a.Second.Has("ETag"), _ => true), "200 200+", why: "the handler's: validators and conditional requests"),
        new("CAP-INM-PRECEDENCE", "9110 13.1.2", Get + "\r\n" + Get + "If-None-Match: \"no-etag\"\r\nIf-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n", new(a => a.Second?.Status == 304, a => a.Second is { Status: >= 200 and < 300 }), "200 200+", why: "the handler's: validators and conditional requests"),
        new("CAP-INM-WILDCARD", "9110 13.1.2", Get + "\r\n" + Get + "If-None-Match: *\r\n\r\n", new(a => a.Second?.Status == 304, a => a.Second is { Status: >= 200 and < 300 }), "200 200+", why: "the handler's: validators and conditional requests"),
        new("CAP-IMS-FUTURE", "9110 13.1.3", Get + "\r\n" + Get + "If-Modified-Since: Thu, 01 Jan 2099 00:00:00 GMT\r\n\r\n", new(a => a.Second is { Status: >= 200 and < 300 }, _ => true), "200 200+"),
        new("CAP-IMS-INVALID", "9110 13.1.3", Get + "\r\n" + Get + "If-Modified-Since: not-a-date\r\n\r\n", new(a => a.Second is { Status: >= 200 and < 300 }, _ => true), "200 200+"),
        new("CAP-INM-UNQUOTED", "9110 8.8.3", Get + "\r\n" + Get + "If-None-Match: no-etag\r\n\r\n", new(a => a.Has("ETag") && a.Second is { Status: >= 200 and < 300 }, _ => true), "200 200+", why: "the handler's: validators and conditional requests"),
        new("CAP-ETAG-WEAK", "9110 13.1.2", Get + "\r\n" + Get + "If-None-Match: W/\"no-etag\"\r\n\r\n", new(a => a.Second?.Status == 304, a => a.Second is { Status: >= 200 and < 300 }), "200 200+", why: "the handler's: validators and conditional requests"),
        new("COOK-ECHO", "6265 5.4", Fields + "Cookie: foo=bar\r\n\r\n", new(a => a.IsServed && a.Contains("Cookie:"), a => a.Status == 0), "200+"),
        new("COOK-OVERSIZED", "6265 5.4", Fields + "Cookie: big=" + Long('A', 65_536) + "\r\n\r\n", new(a => a.IsServed || a.Status is 0 or 400 or 431), "200+"),
        new("COOK-EMPTY", "6265 5.4", Fields + "Cookie: \r\n\r\n", Survived, "200+"),
        new("COOK-NUL", "6265 5.4", Fields + "Cookie: foo=\u0000bar\r\n\r\n", Clean, "400"),
        new("COOK-CONTROL-CHARS", "6265 5.4", Fields + "Cookie: foo=\u0001\u0002\u0003\r\n\r\n", Clean, "400"),
        new("COOK-MANY-PAIRS", "6265 5.4", Fields + "Cookie: " + string.Join("; ", Enumerable.Range(0, 1000).Select(i => $"k{i}=v{i}")) + "\r\n\r\n", new(a => a.IsServed || a.Status is 0 or 400 or 431), "200+"),
        new("COOK-MALFORMED", "6265 5.4", Fields + "Cookie: ===;;;\r\n\r\n", Survived, "200+"),
        new("COOK-MULTI-HEADER", "6265 5.4", Fields + "Cookie: a=1\r\nCookie: b=2\r\n\r\n", new(a => a.IsServed && a.Contains("a=1") && a.Contains("b=2"), a => a.IsServed || a.IsRefused), "200+"),
        new("COOK-PARSED-BASIC", "6265 5.4", Fields + "Cookie: foo=bar\r\n\r\n", new(a => a.IsServed && a.Contains("foo=bar"), a => a.Status is 0 or 400 or 404), "200+"),
        new("COOK-PARSED-MULTI", "6265 5.4", Fields + "Cookie: a=1; b=2; c=3\r\n\r\n", new(a => a.IsServed && a.Contains("a=1") && a.Contains("b=2") && a.Contains("c=3"), a => a.Status is 0 or 400 or 404), "200+"),
        new("COOK-PARSED-EMPTY-VAL", "6265 5.4", Fields + "Cookie: foo=\r\n\r\n", new(a => a.IsServed || a.Status == 400, a => a.Status is 0 or 404), "200+"),
        new("COOK-PARSED-SPECIAL", "6265 5.4", Fields + "Cookie: a=hello world; b=x=y\r\n\r\n", new(a => a.IsServed || a.Status == 400, a => a.Status is 0 or 404), "200+"),
    ];
}
