namespace Endless.Http.Tests.Conformance;

/// <summary>RFC 9110 sections 9, 10 and 15: methods, expectations, statuses.</summary>
[Collection(ProbeCollection.Name)]
public sealed class SemanticsTests(ProbedServer server)
{
    [Theory]
    [InlineData("200+", "/")]
    [InlineData("200+", "/echo")]
    [InlineData("200+", "/chunked")]
    [InlineData("200+", "/big?n=100000")]
    [InlineData("200+", "/trailers")]
    [InlineData("404+", "/no")]
    [InlineData("204+", "/nobody")]
    [InlineData("304+", "/304")]
    [InlineData("405+", "/ignore")]
    public async Task HEAD_is_GET_without_content(string expected, string part) =>
        Assert.Equal(expected, await server.AnswersAsync($"HEAD {part} HTTP/1.1\r\nHost: a\r\n\r\n"));

    [Theory]
    [InlineData("POST /")]
    [InlineData("DELETE /")]
    [InlineData("TRACE /")]
    [InlineData("get /")]
    [InlineData("GET /ignore")]
    [InlineData("PUT /headers")]
    [InlineData("FOO /")]
    public async Task A_method_that_is_not_allowed_is_answered_with_405(string part) =>
        Assert.Equal("405+", await server.AnswersAsync($"{part} HTTP/1.1\r\nHost: a\r\n\r\n"));

    [Theory]
    [InlineData("417", "200-ok")]
    [InlineData("417", "x")]
    [InlineData("417", "100-continue, x")]
    [InlineData("417", "100-continue=1")]
    [InlineData("417", "100-continue;a")]
    [InlineData("417", "\"100-continue\"")]
    [InlineData("417", "100")]
    [InlineData("200+", "")]
    [InlineData("200+", ",")]
    [InlineData("100 200+", "100-continue")]
    [InlineData("100 200+", "100-Continue")]
    [InlineData("100 200+", "100-continue, 100-CONTINUE")]
    [InlineData("100 200+", ",100-continue,")]
    [InlineData("100 200+", "100-continue\r\nExpect: 100-continue")]
    [InlineData("417", "100-continue\r\nExpect: x")]
    public async Task An_expectation_is_met_or_refused(string expected, string part) =>
        Assert.Equal(expected, await server.AnswersAsync($"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: {part}\r\n\r\nhello"));

    [Theory]
    [InlineData("100-continue")]
    [InlineData("x")]
    [InlineData("")]
    public async Task HTTP_1_0_has_no_expectations(string part) =>
        Assert.Equal("200", await server.AnswersAsync($"POST /echo HTTP/1.0\r\nContent-Length: 5\r\nExpect: {part}\r\n\r\nhello"));

    [Theory]
    [InlineData("200+", "Content-Length: 42\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: smuggled\r\n\r\n")]
    [InlineData("200+", "Transfer-Encoding: chunked\r\n\r\n2a\r\nGET /smuggled HTTP/1.1\r\nHost: smuggled\r\n\r\n\r\n0\r\n\r\n")]
    [InlineData("200", "Content-Length: 300000\r\n\r\n")]
    [InlineData("200", "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("400", "Transfer-Encoding: chunked\r\n\r\nx\r\n")]
    public async Task What_a_handler_does_not_read_is_no_request(string expected, string part) =>
        Assert.Equal(expected, await server.AnswersAsync($"POST /ignore HTTP/1.1\r\nHost: a\r\n{part}"));
}
