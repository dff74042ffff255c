using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Mono.Unix.Native;

namespace Endless.Http.Load;

/// <summary>
/// A server process under test with all the generations that follow it: started on whatever port it gets, read from what it prints
/// (<c>Listening on ADDRESS, pid PID</c>), and ended, every generation of it, when disposed of.
/// </summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private const int AbortedExitCode = 128 + (int)Signum.SIGABRT;

    private readonly Process _process;
    private readonly ProcessFamily _family;
    private readonly Task _reading;

    private ServerProcess(Process process, ProcessFamily family)
    {
        _process = process;
        _family = family;
        Pid = process.Id;
        _reading = Output.ReadAsync(process);
    }

    /// <summary>What the server's generations printed, standard output and standard error in one.</summary>
    public ProcessOutput Output { get; } = new();

    /// <summary>The first generation's process.</summary>
    public int FirstPid => _process.Id;

    /// <summary>The newest generation that <see cref="RestartAsync"/> has seen.</summary>
    public int Pid { get; private set; }

    /// <summary>Where the first generation listens, as it printed it, in the order of its servers.</summary>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <summary>Where a client reaches the first address.</summary>
    public EndPoint EndPoint => EndPointOf(Addresses[0]);

    /// <summary>The first address as the beginning of a URL: <c>http://127.0.0.1:41234</c>.</summary>
    public string Url => $"http://{EndPoint}";

    /// <summary>The living processes of all generations.</summary>
    public IReadOnlyList<int> Pids => _family.Pids();

    /// <summary>Starts a program without waiting for anything.</summary>
    public static ServerProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? directory = null)
    {
        var family = new ProcessFamily();
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        };
        start.Environment[family.Environment.Key] = family.Environment.Value;
        start.Environment.TryAdd("DOTNET_ROOT", Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory())); // for a runtime that is not where the system keeps it
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>()) start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        return new ServerProcess(process, family);
    }

    /// <summary>Starts a program and waits until it listens on as many addresses as it has servers.</summary>
    public static async Task<ServerProcess> StartAsync(string program, IEnumerable<string> arguments, int servers = 1)
    {
        var server = Start(program, arguments);
        try
        {
            await server.ListeningAsync(servers);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the first generation listens on as many addresses as asked for.</summary>
    public async Task ListeningAsync(int servers = 1)
    {
        var lines = await Output.WaitForAsync(line => ListeningPid(line) == FirstPid, servers);
        Addresses = [.. lines.Select(line => ListeningLine().Match(line).Groups[1].Value)];
    }

    /// <summary>Sends a signal to the newest generation, or to the one named.</summary>
    public void Signal(Signum signal, int? pid = null)
    {
        if (Syscall.kill(pid ?? Pid, signal) != 0)
            throw new InvalidOperationException($"cannot send {signal} to {pid ?? Pid}: {Stdlib.GetLastError()}");
    }

    /// <summary>Restarts the newest generation and waits until its successor listens; returns the successor's pid.</summary>
    public async Task<int> RestartAsync(TimeSpan? span = null)
    {
        var known = Output.Lines.Select(ListeningPid).ToHashSet();
        Signal(Signum.SIGHUP);
        var lines = await Output.WaitForAsync(line => ListeningPid(line) is { } pid && !known.Contains(pid), Addresses.Count, span);
        return Pid = ListeningPid(lines[0])!.Value;
    }

    /// <summary>Takes note of a successor that was met some other way than by <see cref="RestartAsync"/>.</summary>
    public void Follow(int pid) => Pid = pid;

    /// <summary>Nothing is left of a generation but, at most, a zombie.</summary>
    public bool IsGone(int pid) => _family.IsGone(pid);

    /// <summary>Waits until a generation is gone.</summary>
    public Task GoneAsync(int pid, TimeSpan? span = null) => Deadline.UntilAsync(() => _family.IsGone(pid), $"process {pid} is gone", span);

    /// <summary>Waits until the first generation has ended and returns its exit code (128 + N if signal N ended it).</summary>
    /// <exception cref="InvalidOperationException">It was ended by an exception that nobody caught: the message holds what it printed.</exception>
    public async Task<int> ExitCodeAsync(TimeSpan? span = null)
    {
        await _process.WaitForExitAsync().WaitAsync(span ?? Deadline.Default);
        if (_process.ExitCode != AbortedExitCode) return _process.ExitCode;
        throw new InvalidOperationException($"The process was aborted. It printed:\n{Output}");
    }

    /// <summary>Stops the newest generation by SIGTERM and waits until every generation is gone.</summary>
    public async Task StopAsync(TimeSpan? span = null)
    {
        Signal(Signum.SIGTERM);
        foreach (var pid in Pids) await GoneAsync(pid, span);
    }

    /// <summary>Kills whatever generation is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await _family.KillAsync();
        await _reading.WaitAsync(Deadline.Default);
        _process.Dispose();
    }

    /// <summary>Where a client reaches a printed address: the wildcard addresses are reached on loopback.</summary>
    public static EndPoint EndPointOf(string address)
    {
        if (address.StartsWith("unix:", StringComparison.Ordinal)) return new System.Net.Sockets.UnixDomainSocketEndPoint(address["unix:".Length..]);
        var endPoint = IPEndPoint.Parse(address.StartsWith(':') ? $"[::]{address}" : address);
        if (endPoint.Address.Equals(IPAddress.Any)) endPoint.Address = IPAddress.Loopback;
        if (endPoint.Address.Equals(IPAddress.IPv6Any)) endPoint.Address = IPAddress.IPv6Loopback;
        return endPoint;
    }

    /// <summary>The line by which a program of ours says where it listens.</summary>
    public static string ListeningLineOf(string address) => $"Listening on {address}, pid {Environment.ProcessId}";

    private static int? ListeningPid(string line) =>
        ListeningLine().Match(line) is { Success: true } match ? int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"^Listening on (\S+), pid (\d+)")]
    private static partial Regex ListeningLine();
}
