using System.Globalization;
using System.Runtime.InteropServices;
using Endless.Http.Diagnostics;
using Endless.Http.Native;
using Endless.Http.Signals;
using Endless.Http.Spawning;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Supervision;

/// <summary>
/// What stays while generations come and go, where the end of the first process would be the end of all: in a container, as PID 1. It starts the program once more as
/// its child and is that one's service manager, by systemd's own protocol: it keeps the listeners, follows the main process from generation to generation, passes signals
/// on to it, reaps orphans, and starts one that crashed anew while connections wait in the queue.
/// </summary>
/// <remarks>Two threads: one reaps, one listens to the generations. All state is theirs under one lock.</remarks>
internal sealed unsafe class Supervisor
{
    /// <summary>1 supervises whatever the pid, 0 never does; unset, PID 1 does.</summary>
    private const string Variable = "ENDLESS_SUPERVISOR";

    /// <summary>How long a main process that is said to be gone may take to be gone: milliseconds.</summary>
    private const long ClaimGrace = 1_000;

    private const int ReapPeriod = 100; // milliseconds

    /// <summary>The exit code of a shell that cannot execute a program (POSIX, 2.8.2).</summary>
    private const int CannotExecute = 126;

    private readonly Lock _lock = new();
    private readonly LinuxProcessHost _host;
    private readonly ILogger _log = new ConsoleLogger(ConsoleLogger.Supervisor);
    private readonly ManagerSocket _socket = new();
    private readonly StoredListeners _listeners = new();
    private readonly RestartPolicy _policy = new();
    private readonly HashSet<int> _generations = []; // every process that is or was the main one and has not ended
    private readonly ManualResetEventSlim _wake = new();
    private int _main;          // the newest generation; 0 between a crash and the next start
    private bool _ready;        // the main process serves
    private long _servingSince; // while it does
    private bool _everReady;
    private bool _restartWhenReady;
    private bool _mainStopping; // the main process has said that it ends of its own accord
    private bool _stopping;
    private int? _exitCode;     // the last generation's, once there is to be no other
    private (int ProcessId, long Since) _claimant;

    private Supervisor(LinuxProcessHost host) => _host = host;

    /// <summary>This process is to supervise.</summary>
    internal static bool IsWanted(IProcessHost host) => host.TakeVariable(Variable) switch
    {
        "0" => false,
        "1" => true,
        _ => host.ProcessId == 1,
    };

    /// <summary>Supervises until the last generation has ended, and returns its exit code.</summary>
    internal static int Run(LinuxProcessHost host) => new Supervisor(host).Run();

    private int Run()
    {
        // As PID 1 that is so anyway; else a generation whose parent has ended would become somebody else's child.
        _ = Libc.prctl(Libc.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        PosixSignalRegistration[] registrations = [.. SignalHooks.Handled.Select(signal => PosixSignalRegistration.Create((PosixSignal)(int)signal, context =>
        {
            context.Cancel = true;
            OnSignal(signal);
        }))];
        new Thread(Listen, maxStackSize: 128 * 1024) { IsBackground = true, Name = "endless supervisor" }.UnsafeStart();
        lock (_lock) Start();
        // The runtime starts with more than this process will ever need again.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var code = Reap();
        foreach (var registration in registrations) registration.Dispose();
        return code;
    }

    private int Reap()
    {
        var info = stackalloc byte[128]; // siginfo_t
        while (true)
        {
            // Waits without reaping: that happens under the lock, so that the other thread never meets a child that is gone and not yet accounted for.
            if (Libc.waitid(Libc.P_ALL, 0, info, Libc.WEXITED | Libc.WNOWAIT) != 0 && Errno.Last != Errno.EINTR) WaitForChild();
            lock (_lock)
            {
                int status;
                for (int ended; (ended = Libc.waitpid(-1, &status, Libc.WNOHANG)) > 0;) OnEnded(ended, new ExitStatus(status));
                // One that its own parent reaped, a generation that drains, is not seen to end here.
                _generations.RemoveWhere(static id => Libc.kill(id, 0) != 0);
                if (_exitCode is { } code && _generations.Count == 0) return code;
            }
        }
    }

    /// <summary>There is no child, as between a crash and the next start: until there may be one.</summary>
    private void WaitForChild()
    {
        _wake.Wait(ReapPeriod);
        _wake.Reset();
    }

    /// <summary>A process has ended. Under the lock.</summary>
    private void OnEnded(int processId, ExitStatus status)
    {
        // What it said before its end comes first: it may have named its successor.
        Drain();
        _generations.Remove(processId);
        if (processId != _main) return;
        _main = 0;
        // Reaped by the generation before it, which still drains, it leaves no status; but it has said whether its end is in order.
        var code = status.Status is null ? (_mainStopping ? 0 : 1) : status.Code ?? 128 + status.Signal;
        if (_stopping || code == 0) _exitCode = code;
        else if (!TakeClaim()) OnCrashed($"Process {processId} {status}", code, _ready ? TimeSpan.FromMilliseconds(Environment.TickCount64 - _servingSince) : TimeSpan.Zero);
    }

    private void OnCrashed(string what, int code, TimeSpan served)
    {
        _ready = false;
        if (!_everReady || _policy.Next(served) is not { } pause)
        {
            if (_everReady) _log.SupervisorGivesUp(what, RestartPolicy.MaxFastFailures);
            else _log.SupervisorNeverServed(what);
            _exitCode = code;
            return;
        }
        _log.SupervisorRestarts(what, (long)pause.TotalMilliseconds);
        var delay = new Thread(() =>
        {
            Thread.Sleep(pause);
            lock (_lock)
                if (_exitCode is null && _main == 0) Start();
        }, maxStackSize: 128 * 1024);
        delay.IsBackground = true;
        delay.UnsafeStart();
    }

    /// <summary>Starts the program, with what listeners there are. Under the lock.</summary>
    private void Start()
    {
        KeyValuePair<string, string>[] variables = [new("NOTIFY_SOCKET", _socket.Name), new(Variable, "0")];
        if (_listeners.All.Count > 0)
        {
            // No LISTEN_PID: the child's pid is not known before it runs.
            variables = [.. variables, new("LISTEN_FDS", _listeners.All.Count.ToString(CultureInfo.InvariantCulture)),
                new("LISTEN_FDNAMES", string.Join(':', _listeners.All.Select(listener => listener.Name)))];
        }
        try
        {
            Follow(_host.Start(variables, [.. _listeners.All.Select(listener => listener.Descriptor)]));
        }
        catch (IOException e)
        {
            // Its file may be about to be replaced: as much a crash as any.
            OnCrashed(e.Message, CannotExecute, TimeSpan.Zero);
        }
        _wake.Set();
    }

    /// <summary>This process is the main one from now on.</summary>
    private void Follow(int processId)
    {
        (_main, _servingSince, _mainStopping) = (processId, Environment.TickCount64, false);
        _generations.Add(processId);
    }

    /// <summary>The main process has crashed, but the generation that it had started carries on alone, and has said so.</summary>
    private bool TakeClaim()
    {
        var (claimant, _) = _claimant;
        _claimant = default;
        if (claimant == 0 || Libc.kill(claimant, 0) != 0) return false;
        _log.SupervisorFollows(claimant);
        Follow(claimant);
        (_ready, _everReady) = (true, true);
        return true;
    }

    /// <summary>One that comes when another was started in its place is told to go. Under the lock.</summary>
    private void RefuseClaim()
    {
        if (_claimant.ProcessId == 0 || Environment.TickCount64 - _claimant.Since < ClaimGrace) return;
        _log.SupervisorRefuses(_claimant.ProcessId, _main);
        _ = Libc.kill(_claimant.ProcessId, (int)HandledSignal.SIGTERM);
        _claimant = default;
    }

    private void OnSignal(HandledSignal signal)
    {
        lock (_lock)
        {
            if (signal is HandledSignal.SIGTERM or HandledSignal.SIGINT)
            {
                _stopping = true;
                if (_main == 0) _exitCode ??= 0; // between a crash and the next start
                _wake.Set();
            }
            else if (!_ready)
            {
                // Before it handles signals, any other would kill it. What it started with may be what the restart is to replace, so that one is kept.
                _restartWhenReady |= signal == HandledSignal.SIGHUP;
                return;
            }
            if (_main > 0) _ = Libc.kill(_main, (int)signal);
        }
    }

    /// <summary>Listens to the generations, and watches a main process that is not this one's child: its parent reaps it.</summary>
    private void Listen()
    {
        var watched = 0;
        var descriptor = -1; // of the process that is watched: this thread's own
        var polled = stackalloc Libc.PollDescriptor[2];
        while (true)
        {
            lock (_lock)
            {
                if (_main != watched)
                {
                    if (descriptor >= 0) _ = Libc.close(descriptor);
                    watched = _main;
                    descriptor = watched > 0 ? Libc.pidfd_open(watched, 0) : -1;
                    // Reaped by its parent before it could be watched.
                    if (watched > 0 && descriptor < 0 && !IsChild(watched)) OnEnded(watched, new ExitStatus(null));
                }
                RefuseClaim();
            }
            polled[0] = new Libc.PollDescriptor { Fd = _socket.Descriptor, Events = Libc.POLLIN };
            polled[1] = new Libc.PollDescriptor { Fd = descriptor, Events = Libc.POLLIN }; // a negative one is passed over
            _ = Libc.poll(polled, 2, 1_000);
            lock (_lock)
            {
                Drain();
                if (polled[1].ReturnedEvents != 0 && _main == watched && !IsChild(watched)) OnEnded(watched, new ExitStatus(null));
            }
            if (polled[1].ReturnedEvents != 0) Thread.Sleep(1); // a child is reaped by the other thread, which knows its exit code
        }
    }

    private static bool IsChild(int processId)
    {
        var info = stackalloc byte[128];
        return Libc.waitid(Libc.P_PID, processId, info, Libc.WEXITED | Libc.WNOWAIT | Libc.WNOHANG) == 0;
    }

    /// <summary>Takes in what was said. Under the lock.</summary>
    private void Drain()
    {
        var descriptors = new List<int>();
        while (_socket.TryReceive(out var assignments, descriptors, out var sender))
        {
            // As systemd's NotifyAccess=main. A process outside of this PID namespace has the number 0 here.
            if (sender.ProcessId == _main && sender.ProcessId > 0) Take(assignments, descriptors);
            else if (sender.ProcessId > 0 && sender.UserId == Libc.geteuid() && assignments.Contains($"MAINPID={sender.ProcessId}")) Claim(sender.ProcessId);
            foreach (var descriptor in descriptors) _ = Libc.close(descriptor);
            descriptors.Clear();
        }
    }

    /// <summary>
    /// A generation says of itself that it is the main process: the one before it died before it could. Its message may be here before that one's end is, or
    /// only when another was started in its place.
    /// </summary>
    private void Claim(int processId)
    {
        _generations.Add(processId);
        _claimant = (processId, Environment.TickCount64);
        if (_main == 0 && !_stopping && _exitCode is null) TakeClaim();
    }

    private void Take(string[] assignments, List<int> descriptors)
    {
        string? Value(string name) => assignments.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..];

        if (int.TryParse(Value("MAINPID="), NumberStyles.None, CultureInfo.InvariantCulture, out var next) && next > 1)
        {
            Follow(next);
        }
        if (Value("READY=") == "1")
        {
            if (!_ready) _servingSince = Environment.TickCount64; // from here on, however long the start took; a reload says so once more
            (_ready, _everReady) = (true, true);
            if (_restartWhenReady) _ = Libc.kill(_main, (int)HandledSignal.SIGHUP);
            _restartWhenReady = false;
        }
        if (Value("STOPPING=") == "1")
        {
            _mainStopping = true;
            _listeners.Clear(); // clients are to be refused once it has closed its own, not to queue for nobody
        }
        var name = Value("FDNAME=") ?? "stored";
        if (Value("FDSTOREREMOVE=") == "1")
        {
            _listeners.Forget(name);
        }
        else if (Value("FDSTORE=") == "1")
        {
            foreach (var descriptor in descriptors) _listeners.Store(name, descriptor);
            descriptors.Clear();
        }
    }
}
