namespace Endless.Http.Tests.Conformance.Corpora;

/// <summary>What other people's collections of hostile requests send, and what this server makes of it. docs/http1-conformance.md has the figures.</summary>
[Collection(ProbeCollection.Name)]
public sealed class CorporaTests(ProbedServer server)
{
    public static TheoryData<string> Probes => [.. ProbeCase.All.Select(probe => probe.Id)];

    public static TheoryData<string> Payloads => [.. GardenPayload.OfHttp1.Select(payload => payload.Number)];

    public static TheoryData<string> Http2Payloads => [.. GardenPayload.OfHttp2.Select(payload => payload.Number)];

    [Theory]
    [MemberData(nameof(Probes))]
    public async Task A_case_of_Http11Probe_is_answered_as_decided(string id)
    {
        var probe = ProbeCase.All.Single(probe => probe.Id == id);
        var answer = await server.AnswerAsync(probe.Bytes, after: !probe.IsCut);
        Assert.Equal(probe.Given, answer.ToString());
        // Whatever is not right to the corpus is a decision, and has its reason.
        Assert.Equal(probe.Expected.Judge(answer) == Verdict.Right, probe.Why.Length == 0);
    }

    [Fact]
    public async Task Http11Probe_finds_as_much_right_as_the_documentation_says()
    {
        var verdicts = new int[3];
        foreach (var probe in ProbeCase.All) verdicts[(int)probe.Expected.Judge(await server.AnswerAsync(probe.Bytes, after: !probe.IsCut))]++;
        Assert.Equal([180, 31, 4], verdicts);
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public async Task A_payload_of_the_HTTP_Garden_finds_no_bug(string number)
    {
        var payload = GardenPayload.OfHttp1.Single(payload => payload.Number == number);
        if (!payload.HasHost) Assert.Equal("400", await server.AnswersAsync(payload.Bytes));
        Assert.Equal(payload.Given, await server.AnswersAsync(payload.WithHost));
    }

    [Theory]
    [MemberData(nameof(Http2Payloads))]
    public async Task A_payload_of_the_HTTP_Garden_for_HTTP_2_resets_its_stream(string number)
    {
        var frames = await server.BytesAsync(GardenPayload.OfHttp2.Single(payload => payload.Number == number).Bytes);
        // RST_STREAM of stream 1 with PROTOCOL_ERROR (RFC 9113 section 6.4), and no response.
        Assert.True(frames.AsSpan().IndexOf((ReadOnlySpan<byte>)[0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 1]) > 0, Convert.ToHexString(frames));
        Assert.True(frames.AsSpan().IndexOf((ReadOnlySpan<byte>)[1, 4, 0, 0, 0, 1]) < 0, Convert.ToHexString(frames));
    }
}
