using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Endless.Http.Benchmarks.Loads;
using Mono.Unix.Native;

namespace Endless.Http.Benchmarks.Peers;

/// <summary>A running server of a comparison, with the workers that it started, if it did.</summary>
internal sealed partial class PeerProcess : IAsyncDisposable
{
    /// <summary>USER_HZ, what the kernel counts in towards user space: 100 on every architecture .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();

    private PeerProcess(Process process) => _process = process;

    /// <summary>The process, or the first of several.</summary>
    public int Pid => _process.Id;

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>Starts a server and waits until it listens.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="port">Where it will listen; 0 if it says so itself: <c>Listening on ADDRESS</c>.</param>
    public static async Task<PeerProcess> StartAsync(string program, IEnumerable<string> arguments, int port = 0)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.TryAdd("DOTNET_ROOT", Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory())); // for a runtime that is not where the system keeps it
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        var peer = new PeerProcess(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start"));
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            peer._process.ErrorDataReceived += (_, line) => peer._errors.Enqueue(line.Data ?? "");
            peer._process.BeginErrorReadLine();
            if (port != 0) await peer.ConnectAsync(port, patience.Token);
            else await peer.ReadAddressAsync(patience.Token);
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>CPU time, user and system, of all threads, living or not, of the process and its children (proc(5): utime and stime of /proc/PID/stat).</summary>
    public TimeSpan CpuTime => Pids.Aggregate(TimeSpan.Zero, (sum, pid) => sum + CpuTimeOf(pid));

    /// <summary>Puts a load to the server. Of the CPU time that it took meanwhile, what falls on each request: microseconds.</summary>
    public async Task<(double CpuTime, Measurement Measurement)> MeasureAsync(ILoad load, TimeSpan duration)
    {
        var before = CpuTime;
        var measurement = await load.RunAsync(EndPoint, duration);
        return ((CpuTime - before).TotalMicroseconds / measurement.Requests, measurement);
    }

    /// <summary>The process and its living children.</summary>
    public IReadOnlyList<int> Pids
    {
        get
        {
            // A worker is a child of the process's first thread, in every server there is here.
            var pids = new List<int> { Pid };
            for (var i = 0; i < pids.Count; i++)
                pids.AddRange(File.ReadAllText($"/proc/{pids[i]}/task/{pids[i]}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pid => int.Parse(pid, CultureInfo.InvariantCulture)));
            return pids;
        }
    }

    /// <summary>Stops the server as an operator would, and kills it if that takes long.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) Syscall.kill(Pid, Signum.SIGTERM);
        try
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }
        _process.Dispose();
    }

    private async Task ReadAddressAsync(CancellationToken patience)
    {
        while (await _process.StandardOutput.ReadLineAsync(patience) is { } line)
        {
            if (ListeningLine().Match(line) is not { Success: true } match) continue;
            EndPoint = IPEndPoint.Parse(match.Groups[1].Value);
            _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return;
        }
        throw new InvalidOperationException($"{_process.StartInfo.FileName} ended before it listened:\n{string.Join('\n', _errors)}");
    }

    private async Task ConnectAsync(int port, CancellationToken patience)
    {
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        while (!_process.HasExited)
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(EndPoint, patience);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(10, patience);
            }
        }
        throw new InvalidOperationException($"{_process.StartInfo.FileName} ended before it listened:\n{string.Join('\n', _errors)}");
    }

    private static TimeSpan CpuTimeOf(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // from field 3 on: the name before it may hold anything
        return TimeSpan.FromSeconds((Number(fields[11]) + Number(fields[12])) / TicksPerSecond);
    }

    private static double Number(string field) => double.Parse(field, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^Listening on ([^\s,]+)")]
    private static partial Regex ListeningLine();
}
