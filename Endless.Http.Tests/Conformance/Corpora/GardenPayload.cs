namespace Endless.Http.Tests.Conformance.Corpora;

/// <summary>
/// A payload by which the HTTP Garden (github.com/narfindustries/http-garden, TROPHIES.md as of ffb9164) found a bug in another program, and what a server that has none answers. The number is
/// its own: S of servers, T of proxies (whose payloads are requests as well), B of bonuses.
/// </summary>
/// <param name="Number">Its number there.</param>
/// <param name="Rule">RFC and section that the bug breaks.</param>
/// <param name="Bytes">What is sent, in ISO 8859-1.</param>
/// <param name="Given">The answer, as of <see cref="ProbedServer.AnswersAsync"/>, with a Host if the payload has none, lest that alone be the reason of a refusal.</param>
internal sealed record GardenPayload(string Number, string Rule, string Bytes, string Given)
{
    /// <summary>
    /// Left out are B1, B2 and B5, which any request at all, or any without a body, brings about: they are of the programs' insides, and have no bytes of their own. The two of HTTP/2 are
    /// <see cref="OfHttp2"/>.
    /// </summary>
    public static readonly GardenPayload[] OfHttp1 =
    [
        new("S1", "9112 7.1", Chunked + "0_2e\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "400"),
        new("S2", "9110 5.5", Get + "Header: v\u0000\ralue\r\n\r\n", "400"),
        new("S3", "9112 5.1", "GET / HTTP/1.1\r\nHost: whatever\r\nContent-Length : 34\r\n\r\nGET / HTTP/1.1\r\nHost: whatever\r\n\r\n", "400"),
        new("S4", "9112 2.2", "GET / HTTP/1.1\r\n\tContent-Length: 1\r\n\r\nX", "400"),
        new("S5", "9112 2.3", "GET /test HTTP/1.32\r\n\r\n", "400"),
        new("S6", "9110 9.1", "G=\":<>(e),[T];?\" /get HTTP/1.1\r\n\r\n", "400"),
        new("S7", "9112 3.2", "GET ! HTTP/1.1\r\n\r\n", "400"),
        new("S8", "9110 5.6.2", "GET / HTTP/1.1\r\n\u00effoo: bar\r\n\r\n", "400"),
        new("S9", "9112 3", "GET /\nHTTP/1.1\r\n\r\n", "400"),
        new("S10", "9110 8.6", Get + "Content-Length: +1_0\r\n\r\n0123456789", "400"),
        new("S11", "9112 6.1", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nZ\r\n0\r\n\r\n", "400"),
        new("S12", "9112 6.1", "POST / HTTP/1.1\r\nHost: whatever\r\nTransfer-Encoding: \u00a0chunked\u00a0\r\n\r\n0\r\n\r\n", "400"),
        new("S13", "9112 2.2", "GET / HTTP/1.1\r\nVisible: :/\rSmuggled: :)\r\n\r\n", "400"),
        new("S14", "9110 5.6.2", "GET / HTTP/1.1\r\n\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\t\u000b\u000c\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f \"(),/;<=>?@[/]{}: whatever\r\n\r\n", "400"),
        new("S15", "9112 2.3", "GET / HTTP/\r\r1.1\r\n\r\n", "400"),
        new("S16", "9110 8.6", "GET / HTTP/1.1\r\nHost: whatever\r\nContent-Length: \r\n\r\n", "400"),
        new("S17", "9112 7.1", "GET / HTTP/1.1\r\nHost: whatever\r\nTransfer-Encoding: chunked\r\n\r\n\r\n\r\n", "400"),
        new("S18", "9110 5.1", "GET / HTTP/1.1\r\n: ignored\r\nHost: whatever\r\n\r\n", "400"),
        new("S19", "9112 2.2", Get + "Useless:\n\nGET / HTTP/1.1\r\n\r\n", "400"),
        new("S20", "9112 5.1", Get + "Content-Length\u0085: 10\r\n\r\n0123456789", "400"),
        new("S21", "9112 6.1", "GET / HTTP/1.1\r\nHost: whatever\r\nTransfer-Encoding: ,chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "400"),
        new("S22", "9112 7.1", Chunked + "0_2e\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "400"),
        new("S23", "9110 8.6", Get + "Content-Length: 1\r\nContent-Length: 0\r\n\r\nZ", "400"),
        new("S24", "9112 2.3", "GET / HTTP/4294967295.255\r\n\r\n", "400"),
        new("S25", "9112 7.1", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "400"),
        new("S26", "9110 8.6", Get + "Content-Length: -48\r\n\r\n", "400"),
        new("S27", "9110 5.1", "GET / HTTP/1.1\r\n:\r\nI: am chopped off\r\n\r\n", "400"),
        new("S28", "9112 5", "GET / HTTP/1.1\r\nContent-Length 10\r\n\r\n0123456789", "400"),
        new("S29", "9110 8.6", "GET / HTTP/1.1\r\nContent-Length: 1Z\r\n\r\nZ", "400"),
        new("S30", "9112 2.2", Get + "\rZGET /evil: HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        new("S31", "9112 7.1", Chunked + "5\r\r;ABCD\r\n34\r\nE\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "400"),
        new("S32", "9110 8.6", "GET / HTTP/1.1\r\nHost: whatever\r\nContent-Length: 010\r\n\r\n01234567", "200+"),
        new("S33", "9110 8.6", Get + "Content-Length: 0\r\nContent-Length: 1\r\n\r\nZ", "400"),
        new("S34", "9112 2.2", "GET / HTTP/1.1\r\nHost: whatever\r\nHeader: va\rlue\r\n\r\n", "400"),
        new("S35", "9110 5.5", "GET / HTTP/1.1\r\nHost: whatever\r\nTest: test\u0000THESE BYTES GET DROPPED\r\nConnection: close\r\n\r\n", "400"),
        new("S36", "9112 7.1.1", "POST /abc HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: h2o.http-garden.us\r\n\r\n41;a=b\r\rXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX\r\n0\r\n\r\nGET /bad_path/pwned HTTP/1.1\r\nHost: a\r\nContent-Length: 412\r\n\r\n0\r\n\r\nGET /def HTTP/1.1\r\nHost: h2o.http-garden.us\r\n\r\n", "400"),
        new("S37", "9112 5", "POST / HTTP/1.1\r\nHost: whatever\r\nTransfer-\r\nEncoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "400"),
        new("S38", "9110 8.6", "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: \r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"),
        new("S39", "9112 7.1.2", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX:POST / HTTP/1.1\r\n\r\n", "200+"),
        new("S40", "9112 3", "\u0000 / HTTP/............0596.7407.\r\n\r\n", "400"),
        new("S41", "9110 5.5", "GET /login HTTP/1.1\r\nHost: a\r\nUser: \u0085admin\u00a0\r\n\r\n", "404+"),
        new("S42", "9110 8.6", "GET / HTTP/1.1\r\nContent-Length: \r\nContent-Length: 43\r\n\r\nPOST /evil HTTP/1.1\r\nContent-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n", "400"),
        new("S43", "9110 5.5", "GET / HTTP/1.1\r\nEvil: evil\u0000\r\n\r\n", "400"),
        new("S44", "9112 6.3", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: blegh\r\n\r\n1\r\nZ\r\n0\r\n\r\n", "400"),
        new("S45", "9112 9.6", "GET / HTTP/1.1\r\nConnection: close\r\n\r\nInvalid\r\n\r\n", "200"),
        new("S46", "9112 3.2", "POST / HTTP/1.1\r\nHost: \u00ffa\u00ff\r\nTransfer-Encoding: \u00ffchunked\u00ff\r\n\r\n1\r\nZ\r\n0\r\n\r\n", "400"),
        new("S47", "9112 7.1", "POST / HTTP/1.1\r\nHost: whatever\r\nTransfer-Encoding: chunked\r\n\r\nINVALID!!!\r\nGET / HTTP/1.1\r\nHost: whatever\r\n\r\n", "400"),
        new("S48", "9112 6.2", "POST / HTTP/1.1\r\nContent-Length: 0\r\nConnection:keep-alive\r\nHost: a\r\nid: 0\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nid: 1\r\nContent-Length: 34\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nid: 2\r\n\r\n", "405 405+"),

        new("T1", "9110 8.6", "POST / HTTP/1.1\r\nHost: akamai.my-domain.cool\r\nContent-Length: 0x10\r\n\r\nZ", "400"),
        new("T2", "9112 7.1", "POST / HTTP/1.1\r\nHost: akamai.my-domain.cool\r\nTransfer-Encoding: chunked\r\n\r\nZ\r\nZZ\r\nZZZ\r\n\r\n", "400"),
        new("T3", "9112 7.1.1", "POST / HTTP/1.1\r\nHost: server.my-domain.cool\r\nTransfer-Encoding: chunked\r\n\r\n2\r\r;a\r\n02\r\n41\r\n0\r\n\r\nGET /bad_path/pwned HTTP/1.1\r\nHost: a\r\nContent-Length: 430\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: server.my-domain.cool\r\n\r\n", "400"),
        new("T4", "9112 7.1", "POST /  HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r0\n", "400"),
        new("T5", "9110 8.6", "GET / HTTP/1.1\r\nhost: whatever\r\ncontent-length: \r\n\r\n", "400"),
        new("T6", "9110 5.6.2", "GET / HTTP/1.1\r\nHost: fanout\r\nHeader\u0085: value\r\n\r\n", "400"),
        new("T7", "9112 7.1", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1these-bytes-never-get-validated\r\nZ\r\n0\r\n\r\n", "400"),
        new("T9", "9112 6.1", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n", "400"),
        new("T10", "9112 2.2", "GET / HTTP/1.1\r\nInvalid-Header: this\rvalue\ris\rinvalid\r\n\r\n", "400"),
        new("T11", "9110 8.6", "GET / HTTP/1.1\r\nhost: whatever\r\ncontent-length: \r\ncontent-length: 59\r\n\r\nPOST /evil HTTP/1.1\r\nhost: whatever\r\ncontent-length: 34\r\n\r\nGET / HTTP/1.1\r\nhost: whatever\r\n\r\n", "400"),
        new("T12", "9112 3.2", "GET / HTTP/1.1\r\nHost: google.com\u0000.kallus.org\r\n\r\n", "400"),
        new("T13", "9112 7.1", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\n0\r\n\r\n", "400"),
        new("T14", "9112 5", "GET / HTTP/1.1\r\nHost: whatever\r\nTe\nst: test\r\nConnection: close\r\n\r\n", "400"),
        new("T15", "9112 6.1", "GET / HTTP/1.1\r\nHost: whatever\r\nTransfer-Encoding: ,chunked\r\nContent-Length: 5\r\nConnection: close\r\n\r\n0r\n\r\n", "400"),
        new("T16", "9112 2.2", "GET / HTTP/1.1\nHost: whatever\nConnection: close\n\n", "400"),
        new("T17", "9112 7.1", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n17\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n\r\n\r\n0\r\n\r\n", "400"),
        new("T18", "9112 6.1", "GET / HTTP/1.1\r\nHost: whatever\r\nTransfer-Encoding: ,chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "400"),
        new("T19", "9112 7.1", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-0x0\r\n\r\n", "400"),
        new("T20", "9112 5", "GET / HTTP/1.1\r\na:b\r\nc\u0000\r\n\r\n", "400"),
        new("T21", "9112 6.2", "GET / HTTP/1.1\r\nContent-Length: 10\r\n\r\n1234567890", "200+"),
        new("T22", "9110 8.6", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 31\r\n\r\nGET /evil HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        new("T23", "9112 6.1", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
        new("T24", "9112 7.1", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n           0\r\n\r\n", "400"),
        new("T25", "9112 6.1", "POST / HTTP/1.1\r\nHost: whatever\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),

        new("B3", "9112 2.2", "GET / HTTP/1.1\r\nHost: whatever\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\u0000", "200 400"),
        new("B4", "9112 7.1", "POST / HTTP/1.1\r\nHost: whatever\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nZ\r\n0\r\n\r\n", "405+"),
    ];

    /// <summary>Malformed for RFC 9113 section 8.2.1: the stream is reset. First white space around a value, then a name of no octets.</summary>
    public static readonly GardenPayload[] OfHttp2 =
    [
        new("B6", "9113 8.2.1", Preface + "\u0045\u0001\u0005\0\0\0\u0001" + Whole + "\0\u0005test1\u0003\ta\t", "RST_STREAM"),
        new("B7", "9113 8.2.1", Preface + "\u003d\u0001\u0005\0\0\0\u0001" + Whole + "\0\0\0", "RST_STREAM"),
    ];

    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n";
    private const string Chunked = Get + "Transfer-Encoding: chunked\r\n\r\n";

    /// <summary>The connection preface, empty SETTINGS, and of the HEADERS frame the first octets of its length.</summary>
    private const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\0\0\0\u0004\0\0\0\0\0" + "\0\0";

    /// <summary>The pseudo-header fields of a GET as HPACK literals.</summary>
    private const string Whole = "\0\n:authority\tlocalhost" + "\0\u0005:path\u0001/" + "\0\u0007:method\u0003GET" + "\0\u0007:scheme\u0004http";

    /// <summary>The bytes with a Host at the end of the head where they have none.</summary>
    public string WithHost
    {
        get
        {
            var end = Bytes.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            return HasHost ? Bytes : Bytes[..end] + "\r\nHost: a" + Bytes[end..];
        }
    }

    /// <summary>Without one, a request of HTTP/1.1 is refused whatever else it says.</summary>
    public bool HasHost => Bytes.AsSpan().Contains("\nhost: ", StringComparison.OrdinalIgnoreCase);
}
