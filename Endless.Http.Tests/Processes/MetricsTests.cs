using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Endless.Http.Load;

namespace Endless.Http.Tests.Processes;

/// <summary>The metrics of real processes, as Prometheus's own programs see them.</summary>
public class MetricsTests
{
    private static readonly string[] Counters =
    [
        "endless_restarts_total", "endless_connections_accepted_total", "endless_network_io_bytes_total", "http_server_request_duration_seconds_count",
    ];

    [FactWithTools("promtool", "sh")]
    public async Task Promtool_has_nothing_to_say_against_them()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        using var client = new HttpClient();
        await client.GetStringAsync($"{server.Url}/");
        await client.GetAsync($"{server.Url}/nowhere");
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["metrics"], await client.GetStringAsync($"{server.Url}/metrics"));
        var (code, output) = await Tool.TryRunAsync("sh", "-c", $"promtool check metrics < {directory["metrics"]}");
        Assert.True(code == 0 && output.Trim().Length == 0, output);
    }

    [Fact]
    public async Task A_client_gets_the_format_it_accepts()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        using var client = new HttpClient();
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", (await client.GetAsync($"{server.Url}/metrics")).Content.Headers.GetValues("Content-Type").Single());
        client.DefaultRequestHeaders.TryAddWithoutValidation("Accept", "application/openmetrics-text; version=1.0.0, text/plain;q=0.5");
        var response = await client.GetAsync($"{server.Url}/metrics");
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", response.Content.Headers.GetValues("Content-Type").Single());
        Assert.EndsWith("# EOF\n", await response.Content.ReadAsStringAsync());
    }

    [FactWithTools("prometheus")]
    public async Task A_scraping_Prometheus_sees_no_counter_fall_over_five_restarts()
    {
        await using var server = await ExampleProcess.TestServerAsync();
        using var directory = new TempDirectory();
        var listen = FreeEndPoint.Next();
        // Often, so that scrapes fall into every moment of a restart.
        await File.WriteAllTextAsync(directory["prometheus.yml"], $$"""
            global: { scrape_interval: 200ms, scrape_timeout: 200ms }
            scrape_configs:
              - job_name: endless
                static_configs: [{ targets: ['{{server.EndPoint}}'] }]
            """);
        using var prometheus = Process.Start(new ProcessStartInfo(Tool.Find("prometheus")!,
            [$"--config.file={directory["prometheus.yml"]}", $"--storage.tsdb.path={directory["data"]}", $"--web.listen-address={listen}", "--log.level=error"]))!;
        using var client = new HttpClient();
        try
        {
            await Deadline.UntilAsync(async () => await QueryAsync(client, listen, "up") is [1], "Prometheus scrapes");
            for (var restart = 1; restart <= 5; restart++)
            {
                await server.RestartAsync();
                await client.GetStringAsync($"{server.Url}/");
                await Deadline.UntilAsync(async () => await QueryAsync(client, listen, "endless_restarts_total") is [var count] && count == restart, $"restart {restart} is scraped");
            }
            foreach (var counter in Counters)
            {
                var resets = await QueryAsync(client, listen, $"resets({counter}[10m])");
                Assert.NotEmpty(resets);
                Assert.All(resets, count => Assert.Equal(0, count));
            }
        }
        finally
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync();
        }
    }

    /// <summary>The values of a query; none while Prometheus is not up.</summary>
    private static async Task<double[]> QueryAsync(HttpClient client, IPEndPoint prometheus, string query)
    {
        try
        {
            using var json = JsonDocument.Parse(await client.GetStringAsync($"http://{prometheus}/api/v1/query?query={Uri.EscapeDataString(query)}"));
            return [.. json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
                .Select(sample => double.Parse(sample.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture))];
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }
}
