using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Endless.Http.Benchmarks.Loads;

/// <summary>h2load: 16 connections, each with 32 requests under way.</summary>
/// <param name="path">The request target.</param>
internal sealed partial class H2LoadLoad(string path) : ILoad
{
    private static readonly TimeSpan TimesDuration = TimeSpan.FromSeconds(1);

    public bool Tls { get; init; }

    /// <summary>A call of gRPC instead: this message is posted.</summary>
    public byte[]? GrpcMessage { get; init; }

    public string Description => "h2load, 16 connections, 32 streams each";

    public async Task<Measurement> RunAsync(IPEndPoint server, TimeSpan duration) => new(await CountAsync(server, duration), duration.TotalSeconds, 0, 0);

    /// <summary>From h2load's log, which it writes with a system call for each request: that takes the caches from a server on the same cores, a fifth of whose CPU time was its doing.</summary>
    public async Task<Measurement> AddTimesAsync(IPEndPoint server, Measurement measurement)
    {
        var log = Path.GetTempFileName();
        try
        {
            await CountAsync(server, TimesDuration, $"--log-file={log}");
            // A line for each request: when it began, its status and how long it took, in microseconds.
            var times = File.ReadLines(log).Select(line => double.Parse(line.AsSpan(line.LastIndexOf('\t') + 1), CultureInfo.InvariantCulture) / 1000).Order().ToList();
            return measurement with { Median = times[times.Count / 2], P99 = times[times.Count * 99 / 100] };
        }
        finally
        {
            File.Delete(log);
        }
    }

    private async Task<long> CountAsync(IPEndPoint server, TimeSpan duration, params string[] options)
    {
        var body = GrpcMessage is null ? null : Path.GetTempFileName();
        try
        {
            if (body is null) return await CountAsync(server, duration, [], options);
            // Not compressed, then the length (grpc/doc/PROTOCOL-HTTP2.md).
            await File.WriteAllBytesAsync(body, [0, 0, 0, 0, (byte)GrpcMessage!.Length, .. GrpcMessage]);
            return await CountAsync(server, duration, ["-d", body, "-H", "content-type: application/grpc", "-H", "te: trailers"], options);
        }
        finally
        {
            if (body is not null) File.Delete(body);
        }
    }

    private async Task<long> CountAsync(IPEndPoint server, TimeSpan duration, string[] request, string[] options)
    {
        var output = await ToolProcess.RunAsync("h2load", ["-c16", "-m32", "-t2", "-D", duration.TotalSeconds.ToString("0", CultureInfo.InvariantCulture), .. request, .. options, $"{(Tls ? "https" : "http")}://{server}{path}"]);
        var requests = Requests().Match(output);
        if (!requests.Success || requests.Groups[2].Value != "0" || requests.Groups[3].Value != "0" || !output.Contains(" 0 3xx, 0 4xx, 0 5xx", StringComparison.Ordinal))
            throw new InvalidOperationException($"h2load met errors:\n{output}");
        return long.Parse(requests.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(\d+) succeeded, (\d+) failed, (\d+) errored")]
    private static partial Regex Requests();
}
