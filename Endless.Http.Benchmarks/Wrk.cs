using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Endless.Http.Benchmarks;

/// <summary>What wrk counted.</summary>
/// <param name="Requests">Requests answered.</param>
/// <param name="Seconds">How long it ran.</param>
internal sealed partial record Wrk(long Requests, double Seconds)
{
    /// <exception cref="InvalidOperationException">wrk is missing, or met an error: a figure with errors in it would say nothing.</exception>
    public static async Task<Wrk> RunAsync(EndPoint server, Workload workload, TimeSpan duration)
    {
        string[] header = workload.Header is { } line ? ["-H", line] : [];
        string[] arguments = ["-t2", $"-c{workload.Connections}", $"-d{duration.TotalSeconds}s", .. header, $"{workload.Scheme}://{server}{workload.Path}"];
        using var process = Process.Start(new ProcessStartInfo("wrk", arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var total = Total().Match(output);
        if (process.ExitCode != 0 || !total.Success || output.Contains("Socket errors", StringComparison.Ordinal) || output.Contains("Non-2xx", StringComparison.Ordinal))
            throw new InvalidOperationException($"wrk {string.Join(' ', arguments)}:\n{output}");
        return new Wrk(long.Parse(total.Groups[1].Value, CultureInfo.InvariantCulture), double.Parse(total.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"(\d+) requests in ([\d.]+)s")]
    private static partial Regex Total();
}
