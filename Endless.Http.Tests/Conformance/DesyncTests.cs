namespace Endless.Http.Tests.Conformance;

/// <summary>
/// Request smuggling as it was found in 2024 to 2026 ("HTTP/1.1 must die", "Funky chunks", TE.0): a body that somebody overlooks, and the request that is hidden in it. None is answered, and the
/// connection is in step or closed.
/// </summary>
[Collection(ProbeCollection.Name)]
public sealed class DesyncTests(ProbedServer server)
{
    private const string Hidden = "GET /smuggled HTTP/1.1\r\nHost: b\r\n\r\n";

    private static readonly string Chunked = $"Transfer-Encoding: chunked\r\n\r\n{Hidden.Length:x}\r\n{Hidden}\r\n0\r\n\r\n";
    private static readonly string Sized = $"Content-Length: {Hidden.Length}\r\n\r\n{Hidden}";

    /// <summary>CL.0, TE.0: whoever answers early or has no use for a body still reads it, whole, before the next request.</summary>
    [Theory]
    [InlineData("200+", "GET /target")]
    [InlineData("200+", "HEAD /target")]
    [InlineData("200+", "DELETE /target")]
    [InlineData("200+", "FOO /target")]
    [InlineData("200+", "OPTIONS /target")]
    [InlineData("200+", "OPTIONS *")]
    [InlineData("204+", "OPTIONS /")]
    [InlineData("404+", "GET /no")]
    [InlineData("405+", "POST /")]
    [InlineData("304+", "GET /304")]
    [InlineData("204+", "POST /nobody")]
    [InlineData("200+", "GET /healthz")]
    [InlineData("200+", "POST /ignore")]
    [InlineData("200+", "POST /echo")]
    [InlineData("501+", "CONNECT a:80")]
    public async Task A_body_without_a_reader_hides_no_request(string expected, string start)
    {
        foreach (var body in (string[])[Chunked, Sized]) Assert.Equal(expected, await server.AnswersAsync($"{start} HTTP/1.1\r\nHost: a\r\nX-Forwarded-Host: b\r\n{body}"));
    }

    /// <summary>Expect-based: after a final answer in place of 100 Continue nobody can say whether a body follows, and so the connection is closed.</summary>
    [Theory]
    [InlineData("200", "GET /target")]
    [InlineData("200", "HEAD /target")]
    [InlineData("200", "OPTIONS *")]
    [InlineData("204", "OPTIONS /")]
    [InlineData("404", "GET /no")]
    [InlineData("405", "POST /")]
    [InlineData("304", "GET /304")]
    [InlineData("200", "POST /ignore")]
    [InlineData("501", "CONNECT a:80")]
    [InlineData("100 200+", "POST /echo")]
    public async Task An_expectation_hides_no_request(string expected, string start)
    {
        foreach (var body in (string[])[Chunked, Sized]) Assert.Equal(expected, await server.AnswersAsync($"{start} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n{body}"));
    }

    [Theory]
    [InlineData("417", "Expect: y 100-continue")]
    [InlineData("417", "Expect: 100-continuexyz")]
    [InlineData("417", "Expect: 100-continue, y")]
    [InlineData("400", "Expect:\r\n 100-continue")]
    [InlineData("400", "Expect : 100-continue")]
    [InlineData("400", "Expect: \u000b100-continue")]
    [InlineData("400", "Expect: 100-continue\r\nTransfer-Encoding: chunked")]
    public async Task An_expectation_under_a_mask_is_refused(string expected, string field) =>
        Assert.Equal(expected, await server.AnswersAsync($"POST /echo HTTP/1.1\r\nHost: a\r\n{field}\r\n{Sized}"));

    /// <summary>Hop-by-hop removal: Connection names options of this hop, and takes no framing away.</summary>
    [Theory]
    [InlineData("Content-Length")]
    [InlineData("Transfer-Encoding")]
    [InlineData("keep-alive, Content-Length, Transfer-Encoding")]
    [InlineData("Host")]
    public async Task Connection_takes_no_framing_away(string options)
    {
        foreach (var body in (string[])[Chunked, Sized]) Assert.Equal("200+", await server.AnswersAsync($"POST /echo HTTP/1.1\r\nHost: a\r\nConnection: {options}\r\n{body}"));
    }

    /// <summary>0.CL, 0.TE: a length that one hop sees and another does not.</summary>
    [Theory]
    [InlineData("Content-Length:\n 35")]
    [InlineData("Content-Length:\r\n 35")]
    [InlineData("\tContent-Length: 35")]
    [InlineData("Content-Length\t: 35")]
    [InlineData("Content-Length\u0000: 35")]
    [InlineData("Content-Length\r: 35")]
    [InlineData("Content-Length\u00a0: 35")]
    [InlineData("X: y\rContent-Length: 35")]
    [InlineData("X: y\nContent-Length: 35")]
    [InlineData("X: y\n\rContent-Length: 35")]
    [InlineData("\u0000Content-Length: 35")]
    [InlineData("Content-Length: 35\u0000")]
    [InlineData("Content-Length:\u000c35")]
    [InlineData("Content-Length: 35;")]
    [InlineData("Content-Length: 35,")]
    [InlineData("\"Content-Length\": 35")]
    [InlineData("Content\\Length: 35")]
    [InlineData("Content-Length = 35")]
    [InlineData("Content-Length:: 35")]
    [InlineData("Content-\r\n Length: 35")]
    [InlineData("Transfer-Encoding:\u0000chunked")]
    [InlineData("Transfer-Encoding:\u0085chunked")]
    [InlineData("Transfer\u00adEncoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\u001f")]
    [InlineData("Transfer-Encoding: chunked\u0008")]
    [InlineData("Transfer-Encoding: \u007fchunked")]
    [InlineData("Transfer-Encoding: {chunked}")]
    [InlineData("Transfer-Encoding: chunked/1.0")]
    [InlineData("Transfer-Encoding: c\u00e2\u0084\u00aaunked")]
    [InlineData("Transfer-Encoding\r\n: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding : x")]
    public async Task A_length_under_a_mask_is_refused(string field) =>
        Assert.Equal("400", await server.AnswersAsync($"POST /echo HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n{Hidden}"));

    /// <summary>TERM.EXT, EXT.TERM, TERM.SPILL, SPILL.TERM: chunks whose lines or data end elsewhere for another hop.</summary>
    [Theory]
    [InlineData("2;\nxx\r\n29\r\n0\r\n\r\n{0}")]
    [InlineData("2;a=b\nxx\r\n29\r\n0\r\n\r\n{0}")]
    [InlineData("2;\rxx\r\n29\r\n0\r\n\r\n{0}")]
    [InlineData("2\r\nxxXX29\r\n0\r\n\r\n{0}")]
    [InlineData("2\r\nxx\n29\r\n0\r\n\r\n{0}")]
    [InlineData("2;a=\"\\\r\n\"\r\nxx\r\n0\r\n\r\n{0}")]
    [InlineData("0;a=\"\r\n\r\n{0}\"\r\n\r\n")]
    [InlineData("0\r\n\n{0}")]
    [InlineData("0\r\n\rX{0}")]
    [InlineData("0\r\nX: y\n\r\n{0}")]
    [InlineData("0\r\nX: y\r\n\r\r\n{0}")]
    [InlineData("\u00b9\r\nx\r\n0\r\n\r\n{0}")]
    [InlineData("7fffffffffffffff\r\n{0}")]
    [InlineData("fffffffffffffffe\r\n{0}")]
    public async Task A_chunk_hides_no_request(string body) =>
        Assert.Equal("400", await server.AnswersAsync("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body.Replace("{0}", Hidden, StringComparison.Ordinal)));
}
