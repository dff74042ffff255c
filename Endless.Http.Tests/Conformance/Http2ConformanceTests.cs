namespace Endless.Http.Tests.Conformance;

/// <summary>RFC 9113 and RFC 7541 rule by rule, on connections to a real process, in the clear and with TLS.</summary>
public sealed class Http2ConformanceTests(Http2Peers peers) : IClassFixture<Http2Peers>
{
    public static TheoryData<string> Taken => [.. Http2Exchanges.All.Keys];

    public static TheoryData<string> Refused => [.. Http2Violations.All.Keys];

    public static TheoryData<string> Malformed => [.. Http2MalformedRequests.All.Keys];

    [Theory]
    [MemberData(nameof(Taken))]
    public async Task What_a_server_must_take(string name)
    {
        await peers.RunAsync(tls: false, Http2Exchanges.All[name]);
        await peers.RunAsync(tls: true, Http2Exchanges.All[name]);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_a_server_must_refuse(string name)
    {
        await peers.RunAsync(tls: false, Http2Violations.All[name]);
        await peers.RunAsync(tls: true, Http2Violations.All[name]);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Requests_that_are_malformed(string name)
    {
        await peers.RunAsync(tls: false, Http2MalformedRequests.All[name]);
        await peers.RunAsync(tls: true, Http2MalformedRequests.All[name]);
    }

    [Fact]
    public async Task A_preface_that_is_none_ends_the_connection()
    {
        // In the clear it may be anything, so it is not even told that.
        await peers.RunAsync(tls: false, async client =>
        {
            await client.SendAsync("INVALID CONNECTION PREFACE\r\n\r\n"u8.ToArray());
            Assert.Null(await client.ReadOrEndAsync());
        });
        await peers.RunAsync(tls: true, async client =>
        {
            await client.SendAsync("INVALID CONNECTION PREFACE\r\n\r\n"u8.ToArray());
            await client.ConnectionErrorAsync(Endless.Http.Http2.Frames.ErrorCode.ProtocolError);
        });
    }
}
