using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Endless.Http.Benchmarks.Loads;

/// <summary>h2load: 16 connections, each with 32 requests under way.</summary>
/// <param name="path">The request target.</param>
internal sealed partial class H2LoadLoad(string path) : ILoad
{
    public bool Tls { get; init; }

    public string Description => "h2load, 16 connections, 32 streams each";

    public async Task<Measurement> RunAsync(IPEndPoint server, TimeSpan duration)
    {
        var log = Path.GetTempFileName();
        try
        {
            var output = await ToolProcess.RunAsync("h2load", ["-c16", "-m32", "-t2", "-D", duration.TotalSeconds.ToString("0", CultureInfo.InvariantCulture), $"--log-file={log}", $"{(Tls ? "https" : "http")}://{server}{path}"]);
            var requests = Requests().Match(output);
            if (!requests.Success || requests.Groups[2].Value != "0" || requests.Groups[3].Value != "0" || !output.Contains(" 0 3xx, 0 4xx, 0 5xx", StringComparison.Ordinal))
                throw new InvalidOperationException($"h2load met errors:\n{output}");
            // A line for each request: when it began, its status and how long it took, in microseconds.
            var times = File.ReadLines(log).Select(line => double.Parse(line.AsSpan(line.LastIndexOf('\t') + 1), CultureInfo.InvariantCulture) / 1000).Order().ToList();
            return new Measurement(long.Parse(requests.Groups[1].Value, CultureInfo.InvariantCulture), duration.TotalSeconds, times[times.Count / 2], times[times.Count * 99 / 100]);
        }
        finally
        {
            File.Delete(log);
        }
    }

    [GeneratedRegex(@"(\d+) succeeded, (\d+) failed, (\d+) errored")]
    private static partial Regex Requests();
}
