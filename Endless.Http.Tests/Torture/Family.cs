using System.Globalization;
using Endless.Http.Load;
using Endless.Http.Tests.Restart;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Torture;

/// <summary>The generations of one server, real processes, and what a story can do to them. Thread-safe.</summary>
internal sealed class Family : IAsyncDisposable
{
    /// <summary>Between two looks at who is there, for those that no line of the log tells of.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _end = new();
    private readonly RestartApp _app;
    private readonly Task _looking;
    private volatile FamilySetup _setup;
    private int _told;

    private Family(FamilySetup setup, RestartApp app, ThreadLimit? threads)
    {
        (_setup, _app, Threads) = (setup, app, threads);
        Roster = new Roster(Server.IsGone);
        foreach (var line in Server.Output.Lines) Roster.Hear(line, setup.Probation);
        if (setup.First is not null) Roster.Doom(app["first"], Fate.DiesInTheHandOver);
        Server.Output.Printed += line => Roster.Hear(line, Setup.Probation);
        Script();
        _looking = Task.Run(LookAsync);
    }

    public FamilySetup Setup => _setup;

    public ServerProcess Server => _app.Server;

    public Roster Roster { get; }

    public ThreadLimit? Threads { get; }

    /// <summary>The story limited what a generation can take over: what it cannot stays behind and is closed in order.</summary>
    public bool MayClose { get; set; }

    /// <summary>Those that are not known to be gone, oldest first.</summary>
    public IReadOnlyList<Member> Living => [.. Roster.All.Where(member => member.Gone is null && member.Killed is null)];

    /// <summary>The story has killed some, or told some to fail, or the service to stop.</summary>
    public bool IsHarmed => Roster.Stopped is not null || MayClose || Roster.All.Any(member => member.Killed is not null || member.IsDoomed);

    /// <summary>The pid file as it is found from here.</summary>
    public string PidFile => Setup.HasSmallDisk ? FamilyDisk.FromHere(_app["disk"], Server.Pids.FirstOrDefault(Server.FirstPid)) + "/pid" : _app["pid"];

    /// <summary>Whom the pid file names.</summary>
    public int? PidFileProcess
    {
        get
        {
            try
            {
                return int.TryParse(File.ReadAllText(PidFile).TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    public static async Task<Family> StartAsync(FamilySetup setup)
    {
        var threads = setup.HasThreadLimit ? new ThreadLimit() : null;
        List<string> FirstScript(RestartApp app) => [.. setup.Script(PidFileOf(setup, app)), .. setup.First is { } first ? (string[])[$"once {app["first"]} {first}"] : []];
        var app = await RestartApp.StartAsync(FirstScript, app => setup.HasSmallDisk ? FamilyDisk.Launcher(app) : app["app"]);
        threads?.Add(app.Server.FirstPid);
        return new Family(setup, app, threads);
    }

    /// <summary>Another build, which every generation from now on is.</summary>
    public void Deploy(FamilySetup setup)
    {
        _setup = setup;
        Script();
    }

    /// <summary>The next generation to come by does this as well, and no other.</summary>
    /// <param name="command">See Endless.Http.RestartApp.</param>
    /// <param name="fate">What becomes of it.</param>
    public void TellNext(string command, Fate fate)
    {
        var file = _app[$"once{++_told}"];
        if (fate != Fate.Lives) Roster.Doom(file, fate);
        Script($"once {file} {command}");
    }

    /// <summary>The program is something else from now on, or itself again.</summary>
    public void ReplaceProgram(string? text) => _app.ReplaceProgram(text is null ? null : _app.Executable("broken", text));

    /// <summary>Lines that say that a restart came to nothing.</summary>
    /// <param name="parent">Whose; null for anybody's.</param>
    public int FailureLines(int? parent = null) => Server.Output.Lines.Count(line => FamilyLog.Failing(line) is { } pid && (parent ?? pid) == pid);

    public void Signal(Member member, Signum signal)
    {
        if (signal == Signum.SIGTERM) Roster.Stop();
        if (signal == Signum.SIGKILL) Roster.Kill(member);
        _ = Syscall.kill(member.Pid, signal); // who is gone already is nobody's fault
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _looking;
        await _app.DisposeAsync();
        if (Threads is not null) await Threads.DisposeAsync();
    }

    private static string PidFileOf(FamilySetup setup, RestartApp app) => app[setup.HasSmallDisk ? "disk/pid" : "pid"];

    private void Script(params string[] more) => _app.Script([.. Setup.Script(PidFileOf(Setup, _app)), .. more]);

    private async Task LookAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            foreach (var pid in Server.Pids) Roster.Add(pid, Setup.Probation);
            Roster.Look();
            await Task.Delay(Look, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
