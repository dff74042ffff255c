using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Endless.Http.Benchmarks.Loads;

/// <summary>wrk: connections that each have one request under way, or one batch of them.</summary>
/// <param name="path">The request target.</param>
internal sealed partial class WrkLoad(string path) : ILoad
{
    public int Connections { get; init; } = 64;

    public bool Tls { get; init; }

    /// <summary>Each mebibyte that arrived counts as a request: of responses that take a second, those that a round of two ends within would make the figure.</summary>
    public bool CountsMebibytes { get; init; }

    /// <summary>Field lines for each request.</summary>
    public string[] Headers { get; init; } = [];

    /// <summary>Lua for wrk, to shape requests; null for plain ones.</summary>
    public string? Script { get; init; }

    /// <summary>Sessions to begin first, whose cookies the requests send in turn; 0 for none. wrk itself could only take cookies by reading every response.</summary>
    public int Sessions { get; init; }

    public string Description => $"wrk, {Connections} connections{(CountsMebibytes ? ", a request being a MiB" : "")}";

    public async Task<Measurement> RunAsync(IPEndPoint server, TimeSpan duration)
    {
        var lua = Sessions > 0 ? await BeginSessionsAsync(server) : Script;
        var script = lua is null ? null : Path.GetTempFileName();
        try
        {
            if (script is not null) await File.WriteAllTextAsync(script, lua);
            string[] arguments =
            [
                "-t2", $"-c{Connections}", $"-d{duration.TotalSeconds:0}s", "--latency", "--timeout", "20s",
                .. Headers.SelectMany(line => (string[])["-H", line]), .. script is null ? [] : (string[])["-s", script], $"{(Tls ? "https" : "http")}://{server}{path}",
            ];
            return Read(await ToolProcess.RunAsync("wrk", arguments));
        }
        finally
        {
            if (script is not null) File.Delete(script);
        }
    }

    private async Task<string> BeginSessionsAsync(IPEndPoint server)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri($"http://{server}") };
        var cookies = new List<string>();
        while (cookies.Count < Sessions)
        {
            using var response = await client.GetAsync(path);
            cookies.Add(response.EnsureSuccessStatusCode().Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        }
        return $$"""
            local cookies = { {{string.Join(", ", cookies.Select(cookie => $"\"{cookie}\""))}} }
            local requests, n = {}, 0
            init = function(args)
              for i, cookie in ipairs(cookies) do requests[i] = wrk.format("GET", nil, { ["Host"] = wrk.headers["Host"], ["Cookie"] = cookie }) end
            end
            request = function()
              n = n % #requests + 1
              return requests[n]
            end
            """;
    }

    private Measurement Read(string output)
    {
        var total = Total().Match(output);
        if (!total.Success || output.Contains("Socket errors", StringComparison.Ordinal) || output.Contains("Non-2xx", StringComparison.Ordinal))
            throw new InvalidOperationException($"wrk met errors:\n{output}");
        var count = CountsMebibytes ? (long)(Number(total.Groups[3].Value) * total.Groups[4].Value switch { "TB" => 1024 * 1024, "GB" => 1024, "MB" => 1, _ => 0 }) : long.Parse(total.Groups[1].Value, CultureInfo.InvariantCulture);
        return new Measurement(count, Number(total.Groups[2].Value), Percentile(output, "50"), Percentile(output, "99"));
    }

    private static double Percentile(string output, string percent)
    {
        var match = Regex.Match(output, $@"^\s+{percent}%\s+([\d.]+)(us|ms|s|m)\s*$", RegexOptions.Multiline);
        return Number(match.Groups[1].Value) * match.Groups[2].Value switch { "us" => 0.001, "ms" => 1, "s" => 1_000, _ => 60_000 };
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\d+) requests in ([\d.]+)s, ([\d.]+)([KMGT]?B) read")]
    private static partial Regex Total();
}
