using System.Globalization;
using System.Text;

namespace Endless.Http.Benchmarks.Reports;

/// <summary>Everything in one page, with the chart: <c>docs/benchmarks/README.md</c> and <c>chart.svg</c>.</summary>
internal static class Report
{
    public static async Task WriteAsync(string directory, IReadOnlyList<WorkResult> results, DateTimeOffset started, double loadBefore)
    {
        Directory.CreateDirectory(directory);
        var text = new StringBuilder();
        text.AppendLine("# Endless.Http beside its peers");
        text.AppendLine();
        text.AppendLine("Written by `./build.sh bench all`; do not edit. What was tried, and where the time goes: [notes.md](notes.md). Restarts: [restart.md](restart.md).");
        text.AppendLine();
        text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"{started:yyyy-MM-dd HH:mm} to {DateTimeOffset.Now:HH:mm}. {Machine.Description}. Load average {loadBefore:0.0} before and {Machine.Load:0.0} after: above the number of cores, others used them too."));
        text.AppendLine();
        text.AppendLine("The servers of a work take turns, round after round, and a figure is the median of the rounds. The main figure is the server's CPU time per request, user and system:");
        text.AppendLine("requests per second say little where load and server share the machine. A ratio below 1 says that Endless.Http needs less (for requests per second, above 1 that it answers more).");
        text.AppendLine();
        text.AppendLine("![CPU time per request](chart.svg)");
        text.AppendLine();
        text.AppendLine("## In one table");
        text.AppendLine();
        text.AppendLine(SummaryTable.Of(results));
        text.AppendLine("## Each work");
        text.AppendLine();
        text.AppendJoin('\n', results.Select(ResultTable.Of));
        await File.WriteAllTextAsync(Path.Combine(directory, "README.md"), text.ToString());
        await File.WriteAllTextAsync(Path.Combine(directory, "chart.svg"), Chart.Of(results));
    }
}
