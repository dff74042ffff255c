using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Restart;

/// <summary>A server that somebody has started in a terminal, by a shell.</summary>
public partial class TerminalTests
{
    private const string CtrlC = "\u0003";

    private static string Server => $"{ExampleProcess.Program} hello 127.0.0.1:0";

    private static string QuickServer => $"{ExampleProcess.Program} testserver --addr 127.0.0.1:0 --probation 100";

    [FactWithTools("bash", "setsid")]
    public async Task A_closed_terminal_stops_the_server_in_its_foreground()
    {
        await using var shell = new ShellSession();
        shell.Type($"{Server}\n");
        var pid = await shell.GenerationAsync(1);
        shell.Close();
        await shell.GoneAsync(pid, shell.ShellPid);
        Assert.Empty(shell.Pids);
    }

    [FactWithTools("bash", "setsid")]
    public async Task A_closed_terminal_stops_the_server_after_a_restart_too()
    {
        await using var shell = new ShellSession();
        var (first, second) = await RestartInForegroundAsync(shell);
        shell.Close();
        await shell.GoneAsync(first, second, shell.ShellPid);
        Assert.Empty(shell.Pids);
    }

    [FactWithTools("bash", "setsid")]
    public async Task A_closed_terminal_stops_the_server_in_its_background()
    {
        using var directory = new TempDirectory();
        await using var shell = new ShellSession();
        var pid = await StartInBackgroundAsync(shell, "", directory["log"]);
        shell.Close();
        await shell.GoneAsync(pid);
        Assert.Contains("SIGHUP noted: the terminal is closed, which stops the server as SIGTERM does.", File.ReadAllText(directory["log"]));
        Assert.Empty(shell.Pids);
    }

    [FactWithTools("bash", "setsid", "nohup")]
    public async Task A_closed_terminal_is_noted_under_nohup_and_a_later_SIGHUP_restarts()
    {
        using var directory = new TempDirectory();
        await using var shell = new ShellSession();
        var first = await StartInBackgroundAsync(shell, "nohup ", directory["log"]);
        shell.Close();
        await LogsAsync(shell, directory["log"], "SIGHUP noted: the terminal is closed, which the program was started to outlive.");
        await shell.GoneAsync(shell.ShellPid);
        await RestartsLaterAsync(shell, first, directory["log"]);
    }

    [FactWithTools("bash", "setsid")]
    public async Task A_server_that_outlived_its_shell_is_restarted_by_SIGHUP()
    {
        using var directory = new TempDirectory();
        await using var shell = new ShellSession();
        var first = await StartInBackgroundAsync(shell, "", directory["log"]);
        shell.Type("exit\n"); // sends its background jobs nothing
        await shell.GoneAsync(shell.ShellPid);
        await RestartsLaterAsync(shell, first, directory["log"]);
    }

    [FactWithTools("bash", "setsid")]
    public async Task Restarts_leave_the_server_in_the_foreground_and_Ctrl_C_stops_it()
    {
        await using var shell = new ShellSession();
        var (first, second) = await RestartInForegroundAsync(shell);
        Syscall.kill(first, Signum.SIGHUP); // whoever knows only that one's pid: it passes on
        var third = await shell.GenerationAsync(3);
        await shell.GoneAsync(second);
        await shell.UntilAsync(() => !Directory.Exists($"/proc/{second}"), "the second is reaped");
        Assert.Equal($"{first}", StatOf(shell.ShellPid, 8)); // tpgid: the shell waits
        shell.Type(CtrlC);
        await shell.GoneAsync(first, third);
        shell.Type("echo code-$?-\n");
        Assert.Equal("0", await shell.SeesAsync(Code()));
    }

    [FactWithTools("bash", "setsid")]
    public async Task The_shell_is_told_how_the_last_generation_ended()
    {
        await using var shell = new ShellSession();
        var (first, second) = await RestartInForegroundAsync(shell);
        Syscall.kill(first, Signum.SIGHUP);
        var third = await shell.GenerationAsync(3);
        await shell.GoneAsync(second);
        Syscall.kill(third, Signum.SIGKILL);
        await shell.GoneAsync(first);
        shell.Type("echo code-$?-\n");
        Assert.Equal("137", await shell.SeesAsync(Code()));
    }

    [FactWithTools("bash", "setsid")]
    public async Task A_second_Ctrl_C_ends_at_once()
    {
        using var directory = new TempDirectory();
        await using var shell = new ShellSession();
        File.WriteAllText(directory["script"], "serve 127.0.0.1:0\n");
        shell.Type($"{ProgramFile.Of("Endless.Http.RestartApp")} {directory["script"]}\n");
        var pid = await shell.GenerationAsync(1);
        var address = await shell.SeesAsync(Address());
        using var client = new HttpClient();
        var request = client.GetAsync($"http://{address}/wait?{directory["never"]}");
        await shell.SeesAsync(Begins());
        shell.Type(CtrlC);
        await shell.SeesAsync(Draining());
        var since = Stopwatch.StartNew();
        await Deadline.UntilAsync(() => since.ElapsedMilliseconds > 300, "a second Ctrl+C is no echo of the first");
        shell.Type(CtrlC);
        await shell.GoneAsync(pid);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => request);
        await shell.SeesAsync(Hammered());
    }

    private static async Task<int> StartInBackgroundAsync(ShellSession shell, string prefix, string log)
    {
        shell.Type($"{prefix}{QuickServer} >> {log} 2>&1 &\n");
        await LogsAsync(shell, log, ": Listening on ");
        return int.Parse(Pid().Match(File.ReadAllText(log)).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>A server in the foreground that has been restarted once, and whose first generation stays for the second.</summary>
    private static async Task<(int First, int Second)> RestartInForegroundAsync(ShellSession shell)
    {
        shell.Type($"{QuickServer}\n");
        var first = await shell.GenerationAsync(1);
        Syscall.kill(first, Signum.SIGHUP);
        var second = await shell.GenerationAsync(2);
        await shell.SeesAsync(Stays());
        return (first, second);
    }

    /// <summary>A SIGHUP that cannot be due to the end of the terminal.</summary>
    private static async Task RestartsLaterAsync(ShellSession shell, int first, string log)
    {
        var since = Stopwatch.StartNew();
        await Deadline.UntilAsync(() => since.ElapsedMilliseconds > 3_200, "the terminal was closed a while ago");
        Syscall.kill(first, Signum.SIGHUP);
        await LogsAsync(shell, log, "Generation 2 (pid ");
        await shell.GoneAsync(first);
        Assert.Single(shell.Pids);
    }

    private static Task LogsAsync(ShellSession shell, string log, string text) =>
        shell.UntilAsync(() => File.Exists(log) && File.ReadAllText(log).Contains(text), $"the log says {text}");

    /// <summary>A field of proc(5)'s stat, counted from 1, behind the name.</summary>
    private static string StatOf(int pid, int field)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[field - 3];
    }

    [GeneratedRegex("(stays in the foreground)")]
    private static partial Regex Stays();

    [GeneratedRegex(@"code-(\d+)-")]
    private static partial Regex Code();

    [GeneratedRegex(@"Listening on (\S+), pid")]
    private static partial Regex Address();

    [GeneratedRegex("(wait begins)")]
    private static partial Regex Begins();

    [GeneratedRegex("(stopped accepting; finishing)")]
    private static partial Regex Draining();

    [GeneratedRegex("(hammer|closed [0-9]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Hammered();

    [GeneratedRegex(@"pid (\d+)")]
    private static partial Regex Pid();
}
