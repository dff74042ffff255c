using System.Diagnostics;
using System.Globalization;
using Endless.Http.Load;
using Endless.Http.Tests.Restart;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Torture;

/// <summary>The generations of one server, real processes, and what the story has done to each of them. Thread-safe.</summary>
internal sealed class Family : IAsyncDisposable
{
    /// <summary>Between two looks at who is there, for those that no line of the log tells of.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly List<Member> _members = [];
    private readonly List<(string File, Fate Fate)> _dooms = []; // files, each of which will name a process that is told to fail
    private readonly CancellationTokenSource _end = new();
    private RestartApp _app = null!;
    private Task _looking = Task.CompletedTask;
    private bool _mayBeDown;

    private Family(FamilySetup setup) => Setup = setup;

    public FamilySetup Setup { get; private set; }

    public ServerProcess Server => _app.Server;

    public ThreadLimit? Threads { get; private init; }

    /// <summary>When the story first told the service to stop.</summary>
    public long? Stopped { get; private set; }

    /// <summary>The story has left nobody alive who could serve.</summary>
    public bool MayBeDown
    {
        get
        {
            LookAtMembers();
            lock (_lock) return _mayBeDown;
        }
    }

    /// <summary>The story limited what a generation can take over: what it cannot stays behind and is closed in order.</summary>
    public bool MayClose { get; set; }

    public IReadOnlyList<Member> Members
    {
        get
        {
            lock (_lock) return [.. _members];
        }
    }

    /// <summary>Those that are not known to be gone, oldest first.</summary>
    public IReadOnlyList<Member> Living => [.. Members.Where(member => member.Gone is null && member.Killed is null)];

    /// <summary>The story has killed some, or told some to fail, or the service to stop.</summary>
    public bool IsHarmed => Stopped is not null || MayClose || Members.Any(member => member.Killed is not null || member.IsDoomed);

    /// <summary>The pid file as it is found from here.</summary>
    public string PidFile => Setup.HasSmallDisk ? SmallDisk.FromHere(_app["disk"], Server.Pids.FirstOrDefault(Server.FirstPid)) + "/pid" : _app["pid"];

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
        var family = new Family(setup) { Threads = setup.HasThreadLimit ? new ThreadLimit() : null };
        List<string> FirstScript(RestartApp app) =>
            [.. setup.Script(setup.HasSmallDisk ? app["disk/pid"] : app["pid"]), .. setup.First is { } first ? (string[])[$"once {app["first"]} {first}"] : []];
        family._app = await RestartApp.StartAsync(FirstScript, app => setup.HasSmallDisk ? SmallDisk.Launcher(app) : app["app"]);
        family.Threads?.Add(family.Server.FirstPid);
        family.Add(family.Server.FirstPid);
        family.Listening(family.Server.FirstPid);
        if (setup.First is not null) family._dooms.Add((family._app["first"], Fate.DiesInTheHandOver));
        family.Server.Output.Printed += family.Hear;
        family.Script();
        family._looking = Task.Run(family.LookAsync);
        return family;
    }

    /// <summary>Another build, which every generation from now on is.</summary>
    public void Deploy(FamilySetup setup)
    {
        lock (_lock) Setup = setup;
        Script();
    }

    /// <summary>The next generation to come by does this as well, and no other.</summary>
    /// <param name="command">See Endless.Http.RestartApp.</param>
    /// <param name="fate">What becomes of it.</param>
    public void TellNext(string command, Fate fate)
    {
        string file;
        lock (_lock)
        {
            file = _app[$"once{_dooms.Count}-{Stopwatch.GetTimestamp()}"];
            if (fate != Fate.Lives) _dooms.Add((file, fate));
        }
        Script($"once {file} {command}");
    }

    /// <summary>The program is something else from now on, or itself again.</summary>
    public void ReplaceProgram(string? text) => _app.ReplaceProgram(text is null ? null : _app.Executable("broken", text));

    /// <summary>Lines that say that a restart came to nothing.</summary>
    /// <param name="parent">Whose; null for anybody's.</param>
    public int FailureLines(int? parent = null) => Server.Output.Lines.Count(line => FamilyLog.Failing(line) is { } pid && (parent ?? pid) == pid);

    public void Signal(Member member, Signum signal)
    {
        lock (_lock)
        {
            if (signal == Signum.SIGTERM) Stopped ??= Stopwatch.GetTimestamp();
            if (signal == Signum.SIGKILL)
            {
                member.Killed = Stopwatch.GetTimestamp();
                _mayBeDown |= !CanServe;
            }
        }
        _ = Syscall.kill(member.Pid, signal); // who is gone already is nobody's fault
    }

    /// <summary>The next process after so many, once it is there; null if none comes in time.</summary>
    public async Task<Member?> ChildAsync(int after, bool listening, TimeSpan span)
    {
        for (var deadline = Deadline.After(span); !deadline.Passed; await Task.Delay(1))
        {
            lock (_lock)
                if (_members.Count > after && (!listening || _members[after].Listens || _members[after].Gone is not null)) return _members[after];
        }
        return null;
    }

    /// <summary>What the story did explains that a connection broke: whoever had it, or may have had it, died by the story meanwhile.</summary>
    /// <param name="owner">Who answered on it last; 0 if nobody did.</param>
    /// <param name="since">When that answer was asked for, or the connection made.</param>
    /// <param name="until">When it was seen to be broken.</param>
    public bool Explains(int owner, long since, long until)
    {
        LookAtMembers();
        lock (_lock)
        {
            var first = _members.FindIndex(member => member.Pid == owner);
            return _members.Where((member, index) => member.DiedBetween(since, until)
                && (owner == 0 || index == first || (index > first && (Stopped is not null || member.MayHoldOthers(Math.Min(member.Killed ?? until, member.Gone ?? until)))))).Any();
        }
    }

    private bool CanServe => _members.Any(other => other.IsHealthy && !other.Drains);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _looking;
        await _app.DisposeAsync();
        if (Threads is not null) await Threads.DisposeAsync();
    }

    private void Script(params string[] more) => _app.Script([.. Setup.Script(Setup.HasSmallDisk ? _app["disk/pid"] : _app["pid"]), .. more]);

    private void Add(int pid, int? parent = null)
    {
        lock (_lock)
        {
            if (_members.Find(member => member.Pid == pid && member.Gone is null) is not { } member) _members.Add(member = new Member(pid, Setup.Probation));
            member.Parent ??= parent;
        }
    }

    private void Listening(int pid)
    {
        Add(pid);
        lock (_lock) _members.FindLast(member => member.Pid == pid)!.Listens = true;
    }

    private void Hear(string line)
    {
        if (FamilyLog.Started(line) is var (parent, child)) Add(child, parent);
        if (FamilyLog.Listening(line) is { } listening) Listening(listening);
        lock (_lock)
            if (FamilyLog.Draining(line) is { } draining && _members.FindLast(member => member.Pid == draining) is { } member) member.Drains = true;
    }

    private async Task LookAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            foreach (var pid in Server.Pids) Add(pid);
            LookAtMembers();
            await Task.Delay(Look, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void LookAtMembers()
    {
        lock (_lock)
        {
            foreach (var (file, fate) in _dooms)
                if (File.Exists(file) && int.TryParse(File.ReadAllText(file), out var pid) && _members.FindLast(member => member.Pid == pid) is { IsDoomed: false } member)
                    member.Fate = fate;
            foreach (var member in _members.Where(member => member.Gone is null && Server.IsGone(member.Pid)))
            {
                member.Gone = Stopwatch.GetTimestamp();
                if (member.Fate == Fate.Dies) _mayBeDown |= !CanServe;
            }
        }
    }
}
