namespace Endless.Http.Tests.Conformance;

/// <summary>RFC 9112 section 5 and RFC 9110 section 5: field names and values.</summary>
[Collection(ProbeCollection.Name)]
public sealed class FieldLineTests(ProbedServer server)
{
    /// <summary>CTL of RFC 5234, but for those that end lines and the tab.</summary>
    public static TheoryData<string> ControlCharacters => [.. Enumerable.Range(0, 32).Append(0x7f).Select(code => (char)code).Except(['\t', '\n', '\r']).Select(c => $"{c}")];

    [Theory]
    [InlineData("X : a")]
    [InlineData("X\t: a")]
    [InlineData(": a")]
    [InlineData(" : a")]
    [InlineData("X Y: a")]
    [InlineData("X")]
    [InlineData("X;")]
    [InlineData("X\u00e9: a")]
    [InlineData("\u00e9: a")]
    [InlineData("X(: a")]
    [InlineData("X\"Y: a")]
    [InlineData("X/Y: a")]
    [InlineData("X@Y: a")]
    [InlineData("X,Y: a")]
    [InlineData("[X]: a")]
    [InlineData("X=Y: a")]
    [InlineData("X?: a")]
    [InlineData("<X>: a")]
    [InlineData("{X}: a")]
    [InlineData("X\u0000: a")]
    [InlineData("X\u007f: a")]
    [InlineData("X\\: a")]
    [InlineData("=: a")]
    [InlineData("Content-Length : 5")]
    [InlineData("Transfer-Encoding : chunked")]
    [InlineData("Content-Length\t: 5")]
    [InlineData("\u00a0X: a")]
    public async Task A_name_is_a_token_right_before_its_colon(string part) =>
        Assert.Equal("400", await server.AnswersAsync($"GET / HTTP/1.1\r\nHost: a\r\n{part}\r\n\r\n"));

    [Theory]
    [InlineData("X: a\r\n b")]
    [InlineData("X: a\r\n\tb")]
    [InlineData("X:\r\n a")]
    [InlineData("X: a\r\n ")]
    [InlineData("X: a\r\n \r\nY: b")]
    [InlineData("Transfer-Encoding:\r\n chunked")]
    [InlineData("Content-Length: 1\r\n 0")]
    public async Task A_folded_line_is_refused(string part) =>
        Assert.Equal("400", await server.AnswersAsync($"GET / HTTP/1.1\r\nHost: a\r\n{part}\r\n\r\n"));

    [Theory]
    [MemberData(nameof(ControlCharacters))]
    public async Task A_control_character_in_a_value_is_refused(string part) =>
        Assert.Equal("400", await server.AnswersAsync($"GET / HTTP/1.1\r\nHost: a\r\nX: a{part}b\r\n\r\n"));

    [Theory]
    [MemberData(nameof(ControlCharacters))]
    [InlineData("\t")]
    public async Task A_control_character_in_a_name_is_refused(string part) =>
        Assert.Equal("400", await server.AnswersAsync($"GET / HTTP/1.1\r\nHost: a\r\nX{part}: b\r\n\r\n"));

    [Theory]
    [MemberData(nameof(ControlCharacters))]
    [InlineData("\t")]
    public async Task A_control_character_in_a_request_line_is_refused(string part) =>
        Assert.Equal("400", await server.AnswersAsync($"GET /{part} HTTP/1.1\r\nHost: a\r\n\r\n"));

    [Theory]
    [InlineData("X:")]
    [InlineData("X: ")]
    [InlineData("X:a")]
    [InlineData("X:\ta\t")]
    [InlineData("X: a b\tc")]
    [InlineData("!#$%&'*+-.^_`|~09azAZ: a")]
    [InlineData("X: \u0080\u00ff")]
    [InlineData("X: :::")]
    [InlineData("X: \"a\\\"b\"")]
    [InlineData("X: \"unclosed")]
    [InlineData("X: a,,b,")]
    [InlineData("0: 1")]
    [InlineData("X: 1\r\nX: 2\r\nx: 3")]
    [InlineData("Accept: */*;q=0.1,,")]
    [InlineData("Cookie: a=b; c")]
    [InlineData("TE: trailers, deflate;q=0.5")]
    [InlineData("Upgrade: h2c, websocket")]
    [InlineData("Range: bytes=0-0")]
    [InlineData("If-Modified-Since: nonsense")]
    [InlineData("Max-Forwards: x")]
    [InlineData("Authorization: x")]
    [InlineData("Content-Encoding: gzip")]
    [InlineData("Date: never")]
    [InlineData("Content-Type: ?")]
    public async Task What_the_grammar_has_is_served(string part) =>
        Assert.Equal("200+", await server.AnswersAsync($"GET / HTTP/1.1\r\nHost: a\r\n{part}\r\n\r\n"));
}
