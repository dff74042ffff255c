using System.Globalization;
using System.Text;

namespace Endless.Http.Benchmarks.Reports;

/// <summary>One line for each work: our figure over each peer's, and what was asked of it.</summary>
internal static class SummaryTable
{
    public static string Of(IReadOnlyList<WorkResult> results)
    {
        string[] peers = [.. results.SelectMany(result => result.Peers.Skip(1)).Select(peer => peer.Name).Distinct()];
        var text = new StringBuilder();
        text.AppendLine(Invariant($"| work | figure | ours | {string.Join(" | ", peers.Select(peer => "over " + peer))} | asked over Kestrel |"));
        text.AppendLine(Invariant($"|---|---|---:|{string.Concat(peers.Select(_ => "---:|"))}---:|"));
        foreach (var result in results)
        {
            var ratios = peers.Select(peer => result.Of(peer) is { } other ? result.RatioTo(other).ToString("0.00", CultureInfo.InvariantCulture) : "");
            text.AppendLine(Invariant($"| {result.Work.Title} | {Unit(result.Work)} | {Ours(result)} | {string.Join(" | ", ratios)} | {Goal(result.Work)} |"));
        }
        return text.ToString();
    }

    private static string Unit(Work work) => work.Figure switch { Figure.Rate => "requests/s", Figure.P99 => "p99 ms", _ => "CPU µs/request" };

    private static string Ours(WorkResult result) => result.Work.Figure switch
    {
        Figure.Rate => Invariant($"{result.Peers[0].Rate.Median:#,0}"),
        Figure.P99 => Invariant($"{result.Peers[0].P99.Median:0.0}"),
        _ => Invariant($"{result.Peers[0].Cpu.Median:0.00}"),
    };

    private static string Goal(Work work) => work.Goal is not { } goal ? "" : Invariant($"{(work.Figure == Figure.Rate ? "≥" : "≤")} {goal:0.00}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
