using System.Globalization;
using System.Text;

namespace Endless.Http.Benchmarks.Reports;

/// <summary>A bar for each server and work as SVG: CPU time per request, Kestrel's being 1.</summary>
internal static class Chart
{
    private const int Left = 230;
    private const int Width = 960;
    private const int Scale = 420;      // of 1
    private const int Bar = 12;
    private const int Gap = 14;
    private const int Top = 64;
    private const double Longest = (Width - Left - 60.0) / Scale;

    private static readonly string[] Colours = ["#1a7f64", "#8250df", "#bf8700", "#0969da", "#6e7781"];

    public static string Of(IReadOnlyList<WorkResult> results)
    {
        WorkResult[] shown = [.. results.Where(result => result.Work.Figure == Figure.CpuTime && result.Of("Kestrel") is not null)];
        string[] names = [.. shown.SelectMany(result => result.Peers).Select(peer => peer.Name).Distinct()];
        var body = new StringBuilder();
        var y = Top;
        foreach (var result in shown)
        {
            var kestrel = result.Of("Kestrel")!.Cpu.Median;
            Line(body, $"""<text x="{Left - 10}" y="{y + (result.Peers.Count * Bar / 2) + 4}" text-anchor="end">{result.Work.Title}</text>""");
            foreach (var peer in result.Peers)
            {
                var ratio = peer.Cpu.Median / kestrel;
                var length = Math.Min(ratio, Longest) * Scale;
                Line(body, $"""<rect x="{Left}" y="{y}" width="{length:0.0}" height="{Bar - 2}" fill="{Colours[Array.IndexOf(names, peer.Name) % Colours.Length]}"/><text class="value" x="{Left + length + 4:0.0}" y="{y + Bar - 3}">{ratio:0.00}</text>""");
                y += Bar;
            }
            y += Gap;
        }

        var text = new StringBuilder();
        Line(text, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {y + 10}" font-family="sans-serif" font-size="13">""");
        Line(text, $"""<style>text {"{"} fill: #1f2328 {"}"} .value {"{"} font-size: 10px {"}"}</style><rect width="{Width}" height="{y + 10}" fill="#fff"/>""");
        Line(text, $"""<text x="10" y="22" font-size="16" font-weight="bold">CPU time per request, Kestrel = 1 (shorter is better)</text>""");
        for (var i = 0; i < names.Length; i++)
            Line(text, $"""<rect x="{10 + (i * 130)}" y="34" width="12" height="12" fill="{Colours[i % Colours.Length]}"/><text x="{28 + (i * 130)}" y="45">{names[i]}</text>""");
        Line(text, $"""<line x1="{Left + Scale}" y1="{Top - 6}" x2="{Left + Scale}" y2="{y}" stroke="#d0d7de"/>""");
        text.Append(body);
        text.AppendLine("</svg>");
        return text.ToString();
    }

    private static void Line(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
