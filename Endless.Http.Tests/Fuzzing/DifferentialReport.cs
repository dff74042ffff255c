using Endless.Http.Tests.Fuzzing.Coverage;
using Endless.Http.Tests.Fuzzing.Peers;

namespace Endless.Http.Tests.Fuzzing;

/// <summary>Compares for a time, and prints each class of disagreement with its verdict.</summary>
internal static class DifferentialReport
{
    /// <returns>How many classes nobody has explained.</returns>
    public static async Task<int> RunAsync(int seed, IPeer peer, Func<bool> goesOn, bool showsExamples)
    {
        await using var differential = await Differential.StartAsync(seed, peer);
        await differential.RunCorpusAsync();
        while (goesOn()) await differential.RunAsync(200);
        Console.WriteLine($"beside {peer.Name}, seed {seed}: {differential.Requests:#,0} requests");
        var unexplained = 0;
        foreach (var (kind, (count, example)) in differential.Disagreements.OrderByDescending(d => d.Value.Count))
        {
            var verdict = peer.VerdictOf(kind);
            if (verdict is null) unexplained++;
            Console.WriteLine($"{count,6}  {kind}: {verdict ?? "UNEXPLAINED"}");
            if (verdict is null || showsExamples) Console.WriteLine("        " + InputText.Encode(example));
        }
        return unexplained;
    }
}
