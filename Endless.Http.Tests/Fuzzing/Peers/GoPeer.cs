using System.Diagnostics;
using System.Globalization;
using System.Net;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Fuzzing.Peers;

/// <summary>Go's net/http, in a process of its own that is compiled from framing.go beside this file and ends with its standard input.</summary>
internal sealed class GoPeer : IPeer
{
    private readonly TempDirectory _directory;
    private readonly Process _process;

    private GoPeer(TempDirectory directory, Process process, int port)
    {
        (_directory, _process) = (directory, process);
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    public string Name => "Go";

    public IPEndPoint EndPoint { get; }

    public static async Task<GoPeer> StartAsync()
    {
        var directory = new TempDirectory();
        await BuildAsync(directory);
        var process = Process.Start(new ProcessStartInfo(directory["framing"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var port = await process.StandardOutput.ReadLineAsync().WaitAsync(Deadline.Default);
        return new GoPeer(directory, process, int.Parse(port!, NumberStyles.None, CultureInfo.InvariantCulture));
    }

    public string ReasonOf(Exchange refused)
    {
        if (refused.Reason.Length == 0) return "(HEAD)";
        // What the client sent stands in quotes, or behind a colon.
        var parts = refused.Reason.Split('"')[0].Split(": ");
        return parts.Length == 1 ? $"{parts[0]} without a reason" : string.Join(": ", parts.Take(parts[1] == "body" ? 3 : 2)).Trim();
    }

    public string? VerdictOf(string kind) => GoVerdicts.Of(kind);

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(Deadline.Default);
        _process.Dispose();
        _directory.Dispose();
    }

    private static async Task BuildAsync(TempDirectory directory)
    {
        var start = new ProcessStartInfo(Tool.Find("go")!, ["build", "-o", directory["framing"], Path.Combine(AppContext.BaseDirectory, "Fuzzing", "Peers", "framing.go")])
        {
            RedirectStandardError = true,
            Environment = { ["GO111MODULE"] = "off", ["GOFLAGS"] = "", ["GOCACHE"] = directory["cache"] },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(5)); // the first time, of the standard library too
        if (process.ExitCode != 0) throw new InvalidOperationException($"framing.go was not compiled: {await errors}");
    }
}
