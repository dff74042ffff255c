using Endless.Http.AspNetCore.Tests.Peers;

namespace Endless.Http.AspNetCore.Tests.Misuse;

/// <summary>An endpoint's mistakes have the exceptions that Kestrel has for them.</summary>
public sealed class MisuseTests
{
    private static readonly Explanation[] Explanations = [.. CommonExplanations.All];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Mistakes_have_the_exceptions_of_Kestrel(int version) => Explanation.AssertAll(await BehaviourHost.CompareAsync(MisuseCases.All, version), Explanations);
}
