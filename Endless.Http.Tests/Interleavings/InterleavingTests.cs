using Endless.Http.Tests.Interleavings.Exploring;
using Endless.Http.Tests.Interleavings.Messages;

namespace Endless.Http.Tests.Interleavings;

/// <summary>Every interleaving up to a number of preemptions, and some by chance beyond it. <c>./build.sh explore</c> does it for longer.</summary>
public sealed class InterleavingTests
{
    private const double Seconds = 5;

    [Theory]
    [InlineData(nameof(UseGateScenario))]
    public void No_interleaving_breaks_it(string scenario)
    {
        var result = (object?[])Isolated.Invoke(typeof(Explorer), nameof(Explorer.Exhaust), scenario, 3, Seconds)!;
        Assert.Null(result[0]);
        Console.WriteLine($"{scenario}: {result[1]} {result[2]}");
    }
}
