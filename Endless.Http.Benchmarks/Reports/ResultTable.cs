using System.Globalization;
using System.Text;

namespace Endless.Http.Benchmarks.Reports;

/// <summary>The result of some work as a table in Markdown, aligned so that it can be read as it is.</summary>
internal static class ResultTable
{
    public static string Of(WorkResult result)
    {
        var text = new StringBuilder();
        text.AppendLine(Invariant($"### {result.Work.Title}"));
        text.AppendLine();
        text.AppendLine(Invariant($"{result.Work.Load.Description}; median of {result.Peers[0].Cpu.Count} rounds of 2 s; ours/its is of {Figure(result.Work)}."));
        if (result.Work.StartsAnew) text.AppendLine("Each round on servers that were just started: what a pool of threads grew to in one round is not there for the next.");
        foreach (var skipped in result.Skipped) text.AppendLine(Invariant($"Without {skipped}."));
        text.AppendLine();
        text.AppendLine("| server       | CPU µs/request | least to most      | requests/s | p50 ms  | p99 ms  | ours/its |");
        text.AppendLine("|--------------|---------------:|-------------------:|-----------:|--------:|--------:|---------:|");
        foreach (var peer in result.Peers)
            text.AppendLine(Invariant($"| {peer.Name,-12} | {peer.Cpu.Median,14:0.00} | {$"{peer.Cpu.Least:0.00} to {peer.Cpu.Most:0.00}",18} | {peer.Rate.Median,10:#,0} | {peer.Half.Median,7:0.00} | {peer.P99.Median,7:0.00} | {result.RatioTo(peer),8:0.00} |"));
        return text.ToString();
    }

    private static string Figure(Work work) => work.Figure switch { Benchmarks.Figure.Rate => "requests per second", Benchmarks.Figure.P99 => "p99", _ => "CPU time" };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
