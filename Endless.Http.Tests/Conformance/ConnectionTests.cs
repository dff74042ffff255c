namespace Endless.Http.Tests.Conformance;

/// <summary>RFC 9112 section 9: how long a connection lives.</summary>
[Collection(ProbeCollection.Name)]
public sealed class ConnectionTests(ProbedServer server)
{
    [Theory]
    [InlineData("200+", "HTTP/1.1\r\n")]
    [InlineData("200+", "HTTP/1.1\r\nConnection: keep-alive\r\n")]
    [InlineData("200+", "HTTP/1.1\r\nConnection:\r\n")]
    [InlineData("200+", "HTTP/1.1\r\nConnection: ,,\r\n")]
    [InlineData("200+", "HTTP/1.1\r\nConnection: closed\r\n")]
    [InlineData("200+", "HTTP/1.1\r\nConnection: x-close, not close\r\n")]
    [InlineData("200+", "HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n")]
    [InlineData("200+", "HTTP/1.1\r\nKeep-Alive: timeout=0\r\n")]
    [InlineData("200+", "HTTP/1.1\r\nProxy-Connection: close\r\n")]
    [InlineData("200", "HTTP/1.1\r\nConnection: close\r\n")]
    [InlineData("200", "HTTP/1.1\r\nConnection: Close\r\n")]
    [InlineData("200", "HTTP/1.1\r\nconnection:CLOSE\r\n")]
    [InlineData("200", "HTTP/1.1\r\nConnection: x, close\r\n")]
    [InlineData("200", "HTTP/1.1\r\nConnection: close, keep-alive\r\n")]
    [InlineData("200", "HTTP/1.1\r\nConnection: ,close,\r\n")]
    [InlineData("200", "HTTP/1.1\r\nConnection: x\r\nConnection: close\r\n")]
    [InlineData("200", "HTTP/1.1\r\nConnection: keep-alive\r\nConnection: \tclose\r\n")]
    [InlineData("200", "HTTP/1.0\r\n")]
    [InlineData("200", "HTTP/1.0\r\nConnection: close\r\n")]
    [InlineData("200", "HTTP/1.0\r\nConnection: x\r\n")]
    [InlineData("200", "HTTP/1.0\r\nKeep-Alive: timeout=5\r\n")]
    [InlineData("200", "HTTP/1.0\r\nProxy-Connection: keep-alive\r\n")]
    [InlineData("200", "HTTP/1.0\r\nConnection: keep-alive, close\r\n")]
    [InlineData("200+", "HTTP/1.0\r\nConnection: keep-alive\r\n")]
    [InlineData("200+", "HTTP/1.0\r\nConnection: x, Keep-Alive\r\n")]
    [InlineData("200+", "HTTP/1.2\r\n")]
    public async Task The_Connection_field_decides(string expected, string part) =>
        Assert.Equal(expected, await server.AnswersAsync($"GET / {part}Host: a\r\n\r\n"));

    [Theory]
    [InlineData("200 204 304+", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /nobody HTTP/1.1\r\nHost: a\r\n\r\nGET /304 HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("200 404 200+", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /no HTTP/1.1\r\nHost: a\r\n\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")]
    [InlineData("200 400", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("200 200 505", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /pid HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/7.0\r\nHost: a\r\n\r\n")]
    [InlineData("200 400", "GET /slow?ms=20 HTTP/1.1\r\nHost: a\r\n\r\n\u0000GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("200 200", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("200 400", "GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n")]
    [InlineData("200 417", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n")]
    [InlineData("500", "GET /throw HTTP/1.1\r\nHost: a\r\n\r\n")]
    public async Task A_pipeline_is_answered_in_order_up_to_what_is_wrong(string expected, string request) =>
        Assert.Equal(expected, await server.AnswersAsync(request));
}
