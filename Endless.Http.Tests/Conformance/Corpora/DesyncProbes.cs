using static Endless.Http.Tests.Conformance.Corpora.Expectation;
using static Endless.Http.Tests.Conformance.Corpora.ProbeCase;

namespace Endless.Http.Tests.Conformance.Corpora;

/// <summary>Of Http11Probe: the same with a request hidden in them, or behind them.</summary>
internal static class DesyncProbes
{
    public static readonly ProbeCase[] All =
    [
        new("SMUG-CLTE-CONN-CLOSE", "9112 6.1", Post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", RefusedOrClosed, "400"),
        new("SMUG-TECL-CONN-CLOSE", "9112 6.1", Post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", RefusedOrClosed, "400"),
        new("SMUG-CLTE-DESYNC", "9112 6.1", Post + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX", RefusedOrClosed, "400"),
        new("SMUG-CLTE-SMUGGLED-GET", "9112 6.1", Post + "Content-Length: 32\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Unsmuggled, "400"),
        new("SMUG-CLTE-SMUGGLED-GET-CL-PLUS", "9112 6.1", Post + "Content-Length: +32\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Unsmuggled, "400"),
        new("SMUG-CLTE-SMUGGLED-GET-CL-NON-NUMERIC", "9112 6.1", Post + "Content-Length: 32x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Unsmuggled, "400"),
        new("SMUG-CLTE-SMUGGLED-GET-TE-OBS-FOLD", "9112 5.2", Post + "Transfer-Encoding:\r\n chunked\r\nContent-Length: 32\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Unsmuggled, "400"),
        new("SMUG-CLTE-SMUGGLED-HEAD", "9112 6.1", Post + "Content-Length: 33\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\n", Unsmuggled, "400"),
        new("SMUG-CLTE-SMUGGLED-GET-TE-TRAILING-SPACE", "9112 6.1", Post + "Content-Length: 32\r\nTransfer-Encoding: chunked \r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Unsmuggled, "400"),
        new("SMUG-CLTE-SMUGGLED-GET-TE-LEADING-COMMA", "9112 6.1", Post + "Content-Length: 32\r\nTransfer-Encoding: , chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Unsmuggled, "400"),
        new("SMUG-CLTE-SMUGGLED-GET-TE-CASE-MISMATCH", "9112 6.1", Post + "Content-Length: 32\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Unsmuggled, "400"),
        new("SMUG-TE-DUPLICATE-HEADERS-SMUGGLED-GET", "9112 6.1", Post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\nContent-Length: 32\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Unsmuggled, "400"),
        new("SMUG-TECL-SMUGGLED-GET", "9112 6.1", Post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n2e\r\nGET / HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n\r\n0\r\n\r\n", Unsmuggled, "400"),
        new("SMUG-DUPLICATE-CL-SMUGGLED-GET", "9110 8.6", Post + "Content-Length: 4\r\nContent-Length: 31\r\n\r\nPINGGET / HTTP/1.1\r\nHost: a\r\n\r\n", Unsmuggled, "400"),
        new("SMUG-GET-CL-PREFIX-DESYNC", "9110 9.3.1", Get + "Content-Length: 25\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", new(a => a.Status == 400 || a.IsClosed || (a.IsServed && a.Responses.Count == 1), _ => true), "200+"),
        new("SMUG-TECL-DESYNC", "9112 6.1", Post + "Transfer-Encoding: chunked\r\nContent-Length: 30\r\n\r\n0\r\n\r\nX", RefusedOrClosed, "400"),
        new("SMUG-CL0-BODY-POISON", "9112 6.2", Post + "Content-Length: 0\r\n\r\nX", new(a => a.Status == 400 || a.IsClosed, a => a.IsServed), "200+", why: "what is behind a body of no bytes is the next request, here with the method XGET"),
        new("SMUG-GET-CL-BODY-DESYNC", "9110 9.3.1", Get + "Content-Length: 5\r\n\r\nhello", new(a => a.Status == 400 || a.IsClosed || a.IsServed), "200+"),
        new("SMUG-OPTIONS-CL-BODY-DESYNC", "9110 9.3.7", "OPTIONS / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", new(a => a.Status == 400 || a.IsClosed || a.IsServed), "204+"),
        new("SMUG-EXPECT-100-CL-DESYNC", "9110 10.1.1", Post + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\nhello", new(a => a.Status is 400 or 417 || a.IsClosed || a.IsServed, _ => true), "100 200+", why: "the interim 100 that was asked for, then 200, as Go and nginx; the corpus takes the 100 for the answer"),
        new("SMUG-OPTIONS-TE-OBS-FOLD", "9112 5.2", "OPTIONS / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\nhello", RefusedOrClosed, "400"),
        new("SMUG-CHUNK-INVALID-SIZE-DESYNC", "9112 7.1", Chunked + "+0\r\n\r\nX", RefusedOrClosed, "400"),
        new("SMUG-PIPELINE-SAFE", "9112 9.3", Get + "\r\n", new(a => a.IsServed && a.GoesOn, a => a.IsServed), "200+"),
    ];
}
