using System.Collections;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Native;
using Endless.Http.Tests.Processes;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Supervision;

/// <summary>The test server under its own supervisor, which is not PID 1 here, started as a service manager or a shell starts it.</summary>
internal sealed class SupervisedProgram : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly int _pid;
    private int? _status;

    /// <summary>Starts it in a session of its own.</summary>
    /// <param name="variables">Assignments in the shell's words: <c>LISTEN_PID=$$</c> is the supervisor's own pid.</param>
    /// <param name="options">The test server's.</param>
    /// <param name="descriptors">What it gets as 3, 4, ...</param>
    /// <param name="terminal">It has a terminal, which this shell command line makes: <c>{0}</c> is the script to run in it.</param>
    public SupervisedProgram(string variables, string options, int[]? descriptors = null, string terminal = "exec sh {0}")
    {
        File.WriteAllText(_directory["script"], $"export ENDLESS_SUPERVISOR=1 {variables}\nexec {ExampleProcess.Program} testserver {options} >{_directory["log"]} 2>&1\n");
        File.WriteAllText(_directory["log"], "");
        var runtime = Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());
        var environment = string.Concat(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Where(v => (string)v.Key != "DOTNET_ROOT").Select(v => $"{v.Key}={v.Value}\0"));
        string[] arguments = ["setsid", "sh", "-c", string.Format(null, terminal, _directory["script"])];
        _pid = PosixSpawn.Start(
            Tool.Find("setsid")!,
            Encoding.UTF8.GetBytes(string.Concat(arguments.Select(argument => argument + "\0"))),
            Encoding.UTF8.GetBytes($"{environment}DOTNET_ROOT={runtime}\0"),
            directory: null,
            descriptors);
    }

    public string Log => File.ReadAllText(_directory["log"]);

    public Task LoggedAsync(string text) => UntilAsync(() => Log.Contains(text, StringComparison.Ordinal), $"it logs \"{text}\"");

    public void Signal(Signum signal) => Assert.Equal(0, Syscall.kill(_pid, signal));

    public static async Task<int> MainPidAsync(IPEndPoint endPoint)
    {
        using var connection = await ClientConnection.ConnectAsync(endPoint, Deadline.Default);
        var response = await connection.RequestAsync("GET /pid HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
        return int.Parse(Encoding.ASCII.GetString(response.Body.Span), null);
    }

    public async Task<int> ExitCodeAsync()
    {
        await UntilAsync(HasEnded, "it ends");
        var status = new ExitStatus(_status);
        return status.Code ?? 128 + status.Signal;
    }

    public void Dispose()
    {
        if (!HasEnded())
        {
            _ = Syscall.kill(-_pid, Signum.SIGKILL); // setsid(1) has made it the leader of its group: the generations go along
            _ = Syscall.waitpid(_pid, out _, 0);
        }
        _directory.Dispose();
    }

    private bool HasEnded()
    {
        if (_status is null && Syscall.waitpid(_pid, out var status, WaitOptions.WNOHANG) == _pid) _status = status;
        return _status is not null;
    }

    private async Task UntilAsync(Func<bool> condition, string what)
    {
        try
        {
            await Deadline.UntilAsync(condition, what);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n{Log}", e);
        }
    }
}
