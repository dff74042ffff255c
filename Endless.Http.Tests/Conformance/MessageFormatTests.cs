namespace Endless.Http.Tests.Conformance;

/// <summary>RFC 9112 section 2: lines, white space and what is no HTTP/1 at all.</summary>
[Collection(ProbeCollection.Name)]
public sealed class MessageFormatTests(ProbedServer server)
{
    [Theory]
    [InlineData("GET / HTTP/1.1\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\n")]
    [InlineData("GET / HTTP/1.1\r\n\nHost: a\r\n\r\n")]
    [InlineData("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("\r\n\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /\n HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET\n/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: b\n c\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX:\nb\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX\n: b\r\n\r\n")]
    [InlineData("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\n\r\nx")]
    [InlineData("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\n\r\n0\r\n\r\n")]
    public async Task A_bare_LF_ends_no_line(string request) =>
        Assert.Equal("400", await server.AnswersAsync(request));

    [Theory]
    [InlineData("GET / HTTP/1.1\rHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n")]
    [InlineData("GET\r/\rHTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX:\rb\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX\r: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\rX: b\r\n\r\n")]
    [InlineData("\rGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("\r\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\rGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    public async Task A_bare_CR_is_neither_an_end_nor_a_space(string request) =>
        Assert.Equal("400", await server.AnswersAsync(request));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n Host: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\tHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n Transfer-Encoding: chunked\r\nHost: a\r\n\r\n0\r\n\r\n")]
    [InlineData(" GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("\tGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    public async Task White_space_before_the_first_field_is_refused(string request) =>
        Assert.Equal("400", await server.AnswersAsync(request));

    [Theory]
    [InlineData("200+", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("200+", "\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("200+", "GET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n")]
    [InlineData("200+", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx\r\n")]
    [InlineData("400", "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("200 400", "GET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n\r\n\r\n\r\n\r\n")]
    public async Task Empty_lines_before_a_request_are_skipped_but_not_for_ever(string expected, string request) =>
        Assert.Equal(expected, await server.AnswersAsync(request));

    [Theory]
    [InlineData("GET /\r\n")]
    [InlineData("GET\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003")]
    [InlineData("\u0080.\u0001\u0003\u0001")]
    [InlineData("SSH-2.0-OpenSSH_9\r\n")]
    [InlineData("{\"a\":1}\r\n")]
    [InlineData("\u0000\u0000\u0000\u0000")]
    [InlineData("\u00ff\u00ff")]
    [InlineData("<html>")]
    [InlineData("\"GET / HTTP/1.1\"\r\n")]
    [InlineData("[]\r\n")]
    [InlineData("(GET) / HTTP/1.1\r\n")]
    [InlineData("GET\u00a0/\u00a0HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("\r\n\r\n\u0000\r\nQUIT\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")]
    [InlineData("PRI * HTTP/1.1\r\nHost: a\r\n\r\n")]
    public async Task What_is_no_HTTP_is_answered_with_a_400(string request) =>
        Assert.Equal("400", await server.AnswersAsync(request));

    [Theory]
    [InlineData("", "INVALID CONNECTION PREFACE\r\n\r\n")]
    [InlineData("", "EHLO THERE SMTP\r\n")]
    [InlineData("400", "EHLO there SMTP\r\n")]
    [InlineData("400", "garbage garbage garbage\r\n")]
    [InlineData("400", "GET FOO BAR\r\n")]
    [InlineData("400", "GET there HTTP\r\n")]
    [InlineData("400", "GET there Http/1.1\r\n")]
    [InlineData("400", "GET /there SMTP\r\n")]
    [InlineData("400", "GET * SMTP\r\n")]
    [InlineData("400", "INVITE sip:a@b SIP/2.0\r\n")]
    [InlineData("400", "EHLO there now SMTP\r\n")]
    [InlineData("200 400", "GET / HTTP/1.1\r\nHost: a\r\n\r\nINVALID CONNECTION PREFACE\r\n\r\n")]
    public async Task A_line_of_another_protocol_is_met_with_a_close(string expected, string bytes) =>
        Assert.Equal(expected, await server.AnswersAsync(bytes));

    [Theory]
    [InlineData("G")]
    [InlineData("GET")]
    [InlineData("GET ")]
    [InlineData("GET /")]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("GET / HTTP/1.1\r")]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r")]
    [InlineData("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell")]
    [InlineData("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello")]
    [InlineData("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")]
    public async Task A_message_that_is_cut_off_is_no_request(string request) =>
        Assert.Equal("400", await server.AnswersAsync(request, after: false));

    [Theory]
    [InlineData("")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    [InlineData("\r\n\r\n")]
    public async Task Silence_is_answered_with_silence(string request) =>
        Assert.Equal("", await server.AnswersAsync(request, after: false));
}
