using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Supervision;

/// <summary>The test server as PID 1 of a PID namespace, as in a container.</summary>
public sealed class SupervisorTests : IDisposable
{
    private readonly IPEndPoint _endPoint = FreeEndPoint.Next();
    private readonly ProcessOutput _output = new();
    private Process? _unshare;

    public void Dispose()
    {
        if (_unshare is null) return;
        if (!_unshare.HasExited) _unshare.Kill(); // takes PID 1 along, and that its namespace
        _unshare.WaitForExit(Deadline.Default);
        _unshare.Dispose();
    }

    private void Start(params string[] command)
    {
        var start = new ProcessStartInfo(Tool.Find("unshare")!, ["--pid", "--fork", "--kill-child", "--mount-proc", .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.TryAdd("DOTNET_ROOT", Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory()));
        _unshare = Process.Start(start)!;
        _ = _output.ReadAsync(_unshare);
    }

    private async Task StartServerAsync(params string[] options)
    {
        Start([ExampleProcess.Program, "testserver", "--addr", $"{_endPoint}", "--probation", ExampleProcess.Probation, .. options]);
        await _output.WaitForAsync(line => line.Contains(": Listening on ", StringComparison.Ordinal), 1);
    }

    /// <summary>PID 1 as the outside numbers it.</summary>
    private int Supervisor => int.Parse(File.ReadAllText($"/proc/{_unshare!.Id}/task/{_unshare.Id}/children").Trim(), CultureInfo.InvariantCulture);

    private void Signal(Signum signal) => Assert.Equal(0, Syscall.kill(Supervisor, signal));

    private async Task<string> GetAsync(string path)
    {
        using var connection = await ClientConnection.ConnectAsync(_endPoint, Deadline.Default);
        var response = await connection.RequestAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
        return Encoding.ASCII.GetString(response.Body.Span);
    }

    /// <summary>A process of the namespace as the outside numbers it.</summary>
    private int Outside(string inside)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out var pid)) continue;
            try
            {
                var numbers = File.ReadLines($"{directory}/status").First(line => line.StartsWith("NSpid:", StringComparison.Ordinal)).Split('\t');
                if (numbers is [_, _, var number] && number == inside && File.ResolveLinkTarget($"{directory}/ns/pid", false)?.Name == File.ResolveLinkTarget($"/proc/{Supervisor}/ns/pid", false)?.Name) return pid;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                // ended meanwhile
            }
        }
        throw new InvalidOperationException($"There is no process {inside} in the namespace.\n{_output}");
    }

    private static Task GoneAsync(int pid) => Deadline.UntilAsync(() => !Directory.Exists($"/proc/{pid}"), $"process {pid} is gone");

    private async Task<int> ExitCodeAsync()
    {
        await _unshare!.WaitForExitAsync().WaitAsync(Deadline.Default);
        return _unshare.ExitCode;
    }

    [FactWithPidNamespace]
    public async Task Restarts_under_load_lose_no_request_and_the_container_lives_on()
    {
        await StartServerAsync();
        Assert.NotEqual("1", await GetAsync("/pid"));
        var load = await LoadDriver.StartAsync(_endPoint, new LoadOptions { KeepAliveClients = 2, Think = TimeSpan.FromMilliseconds(2), FreshEvery = TimeSpan.FromMilliseconds(10) });
        for (var generation = 2; generation <= 4; generation++)
        {
            var old = Outside(await GetAsync("/pid"));
            Signal(Signum.SIGHUP);
            // Probation and all: the next signal goes to the new one only once it is the main process.
            await GoneAsync(old);
            Assert.Equal($"{generation}", await GetAsync("/generation"));
        }
        await load.StopAsync();
        Assert.True(load.Counters.Failed == 0, string.Join('\n', load.Counters.Details));
        Signal(Signum.SIGTERM);
        Assert.Equal(0, await ExitCodeAsync());
    }

    [FactWithPidNamespace]
    public async Task A_crashed_generation_is_started_anew_while_connections_wait()
    {
        await StartServerAsync();
        var pid = await GetAsync("/pid");
        Syscall.kill(Outside(pid), Signum.SIGKILL);
        Assert.NotEqual(pid, await GetAsync("/pid")); // not refused: it waits in the queue
        await _output.WaitForAsync(line => line.Contains("was killed by SIGKILL; starting anew", StringComparison.Ordinal), 1);
        Signal(Signum.SIGTERM);
        Assert.Equal(0, await ExitCodeAsync());
    }

    [FactWithPidNamespace]
    public async Task Five_crashes_in_a_row_end_the_container()
    {
        await StartServerAsync();
        for (var crash = 1; crash <= 5; crash++)
        {
            Syscall.kill(Outside(await GetAsync("/pid")), Signum.SIGKILL);
            if (crash < 5) await _output.WaitForAsync(line => line.Contains("starting anew", StringComparison.Ordinal), crash);
        }
        Assert.Equal(128 + (int)Signum.SIGKILL, await ExitCodeAsync());
        await _output.WaitForAsync(line => line.Contains("not starting anew after 5 crashes in a row", StringComparison.Ordinal), 1);
    }

    [FactWithPidNamespace]
    public async Task A_new_generation_carries_on_alone_when_the_main_process_dies_during_a_restart()
    {
        await StartServerAsync("--probation", "60000"); // still under way when it dies, however late this is
        var first = Outside(await GetAsync("/pid"));
        Signal(Signum.SIGHUP);
        await Deadline.UntilAsync(async () => await GetAsync("/generation") == "2", "generation 2 answers, on probation");
        Syscall.kill(first, Signum.SIGKILL);
        await _output.WaitForAsync(line => line.Contains("carries on", StringComparison.Ordinal), 1);
        Assert.Equal("2", await GetAsync("/generation"));
        Signal(Signum.SIGTERM);
        Assert.Equal(0, await ExitCodeAsync());
        Assert.DoesNotContain("gen 1 ", _output.ToString()[_output.ToString().IndexOf("carries on", StringComparison.Ordinal)..], StringComparison.Ordinal); // no third process
    }

    [FactWithPidNamespace]
    public async Task The_container_ends_with_the_exit_code_of_the_last_generation()
    {
        await StartServerAsync();
        var first = Outside(await GetAsync("/pid"));
        Signal(Signum.SIGHUP);
        // While its parent lives, it is the one to reap the next generation and to learn its code.
        await GoneAsync(first);
        var last = Outside(await GetAsync("/pid"));
        using var connection = await ClientConnection.ConnectAsync(_endPoint, Deadline.Default);
        var request = connection.RequestAsync("GET /slow?ms=3600000 HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        await GetAsync("/pid"); // taken after the slow one
        Signal(Signum.SIGTERM);
        await _output.WaitForAsync(line => line.Contains("gen 2 ", StringComparison.Ordinal) && line.Contains(": stopped accepting", StringComparison.Ordinal), 1);
        Syscall.kill(last, Signum.SIGKILL);
        Assert.Equal(128 + (int)Signum.SIGKILL, await ExitCodeAsync());
        await Assert.ThrowsAnyAsync<Exception>(() => request.AsTask());
    }

    [FactWithPidNamespace]
    public async Task A_program_that_never_served_ends_the_container_with_its_own_code()
    {
        Start(ExampleProcess.Program, "testserver", "--addr", "no address");
        Assert.Equal(1, await ExitCodeAsync());
    }

    [FactWithPidNamespace]
    public async Task Orphans_are_reaped()
    {
        await StartServerAsync();
        // A grandchild of the namespace's first process, left behind by its parent.
        await Tool.RunAsync("nsenter", "-t", $"{Supervisor}", "-p", "-m", "sh", "-c", "(sleep 0.2 &) ; exit 0");
        await Deadline.UntilAsync(() => !Directory.EnumerateDirectories("/proc").Any(IsZombieOfSupervisor), "no zombie is left");
    }

    [FactWithPidNamespace]
    public async Task An_orphan_does_not_keep_a_stopped_container_alive()
    {
        await StartServerAsync();
        var first = Outside(await GetAsync("/pid"));
        Signal(Signum.SIGHUP);
        await GoneAsync(first);
        await Tool.RunAsync("nsenter", "-t", $"{Supervisor}", "-p", "-m", "sh", "-c", "(sleep 3600 >/dev/null 2>&1 &) ; exit 0");
        Signal(Signum.SIGTERM);
        Assert.Equal(0, await ExitCodeAsync());
    }

    private bool IsZombieOfSupervisor(string directory)
    {
        try
        {
            if (!int.TryParse(Path.GetFileName(directory), out _)) return false;
            var stat = File.ReadAllText($"{directory}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" && fields[1] == $"{Supervisor}";
        }
        catch (IOException)
        {
            return false;
        }
    }

    [FactWithPidNamespace]
    public async Task The_supervisor_has_less_than_15_megabytes_of_its_own()
    {
        await StartServerAsync();
        long Private() => File.ReadLines($"/proc/{Supervisor}/smaps_rollup")
            .Where(line => line.StartsWith("Private_", StringComparison.Ordinal) && !line.StartsWith("Private_Hugetlb", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
        // It collects what it started with while the server is starting, and may be done with that only later.
        await Deadline.UntilAsync(() => Private() is > 0 and < 15 * 1024, "the supervisor has less than 15 MB of its own");
    }
}
