namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>What endpoints do has the same effect on both servers, on the client and on the endpoint.</summary>
public sealed class BehaviourTests
{
    private static readonly Explanation[] Explanations = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Responses_are_the_same(int version) => CompareAsync(ResponseCases.All, version);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Callbacks_and_exceptions_are_the_same(int version) => CompareAsync(StartingCases.All, version);

    private static async Task CompareAsync(IEnumerable<BehaviourCase> cases, int version) => Explanation.AssertAll(await BehaviourHost.CompareAsync([.. cases], version), Explanations);
}
