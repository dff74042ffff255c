using System.Globalization;
using System.Runtime.InteropServices;
using Endless.Http.Logging;
using Endless.Http.Native;
using Endless.Http.Signals;
using Endless.Http.Spawning;
using Endless.Http.Systemd;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Supervision;

/// <summary>
/// What stays while generations come and go, where the end of the first process would be the end of all: in a container, as PID 1. It starts the program once more as
/// its child and is the child's service manager, by systemd's own protocol: it keeps the listeners, follows the main process from generation to generation, passes signals
/// on to it, reaps orphans, and starts one that crashed anew while connections wait in the queue. <see cref="SupervisorMachine"/> decides; this is the shell around it.
/// </summary>
/// <remarks>
/// One thread, and all is its own. Only signals come from others, by a list and an eventfd.
/// <para>Ctrl+C is sent to every process of the terminal's foreground group, the generations included, and a second SIGINT means more than one. The generations stay in that
/// group, since in one of their own they could not read from the terminal. So the supervisor does not pass on what was typed, unless no generation says within
/// seconds that it stops: a <c>kill -INT</c> looks the same.</para>
/// </remarks>
internal sealed class Supervisor
{
    /// <summary>1 supervises whatever the pid, 0 never does; unset, PID 1 does.</summary>
    private const string Variable = "ENDLESS_SUPERVISOR";

    /// <summary>How long an orphan that has ended may stay a zombie: milliseconds. A generation's end is seen at once.</summary>
    /// <remarks>Not SIGCHLD: with a handler for it the .NET runtime, as PID 1, reaps every child itself, and its exit code is lost.</remarks>
    private const int ReapPeriod = 1_000;

    private const int MessagesAtOnce = 1_024;

    private readonly LinuxProcessHost _host;
    private readonly ILogger _log = new ConsoleLogger(ConsoleLogger.Supervisor);
    private readonly ManagerSocket _socket = new();
    private readonly StoredListeners _listeners = new();
    private readonly OutsideManager _outside;
    private readonly ProcessWatch _watch = new();
    private readonly int _wake = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK); // open as long as the process is
    private readonly List<HandledSignal> _signals = []; // under its own lock
    private readonly List<int> _received = [];          // descriptors that came with the message that is being taken in
    private SupervisorState _state = new() { StartDue = 0 };

    private Supervisor(LinuxProcessHost host)
    {
        _host = host;
        _outside = new OutsideManager(host, _log);
        // Made by whoever started the supervisor: the program gets them each time it is started.
        var passed = PassedDescriptors.Take(host);
        foreach (var complaint in passed.Complaints) _log.ServiceManagerComplaint(complaint);
        foreach (var socket in passed.All)
        {
            if (host.Adopt(socket.Descriptor, listening: true) || host.Adopt(socket.Descriptor, listening: false)) _listeners.Inherit(socket.Name, socket.Descriptor);
            else _log.ServiceManagerComplaint(passed.Describe(socket, "socket"));
        }
    }

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
        // PID 1 needs no call; else a generation whose parent has ended would become another process's child.
        _ = Libc.prctl(Libc.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        // The starter may have had these ignored: SIGHUP would not restart, and a child's end would leave no exit code.
        Libc.StopIgnoring((int)HandledSignal.SIGHUP);
        Libc.StopIgnoring(Libc.SIGCHLD);
        PosixSignalRegistration[] registrations = [.. HandledSignals.All.Select(signal => PosixSignalRegistration.Create((PosixSignal)(int)signal, context =>
        {
            context.Cancel = true;
            lock (_signals) _signals.Add(signal);
            Wake();
        }))];
        Feed(new SupervisorEvent.Time());
        // The runtime starts with more than this process will ever need again.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        while (!_state.IsOver)
        {
            _watch.Follow(_state.Generations);
            Wait();
            Turn();
        }
        foreach (var registration in registrations) registration.Dispose();
        return _state.ExitCode!.Value;
    }

    private unsafe void Wake()
    {
        ulong one = 1;
        _ = Libc.write(_wake, &one, sizeof(ulong));
    }

    private unsafe void Wait()
    {
        Libc.PollDescriptor[] polled = [.. new[] { _wake, _socket.Descriptor }.Concat(_watch.Descriptors).Select(descriptor => new Libc.PollDescriptor { Fd = descriptor, Events = Libc.POLLIN })];
        var timeout = (long)ReapPeriod;
        if (_watch.Timeout is >= 0 and var ask) timeout = Math.Min(timeout, ask);
        if (_state.Due is { } due) timeout = Math.Clamp(due - Environment.TickCount64, 0, timeout);
        fixed (Libc.PollDescriptor* descriptors = polled) _ = Libc.poll(descriptors, (nuint)polled.Length, (int)timeout);
        ulong wakes;
        _ = Libc.read(_wake, &wakes, sizeof(ulong));
    }

    private void Turn()
    {
        var gone = _watch.FindEnded();
        var reaped = Reap();
        ReadMessages(); // what a process said before its end comes before that: it may have named its successor
        foreach (var (id, status) in reaped) Feed(new SupervisorEvent.Ended(id, status));
        foreach (var id in gone)
            if (!reaped.Exists(child => child.ProcessId == id) && !IsChild(id)) Feed(new SupervisorEvent.Ended(id, new ExitStatus(null)));
        HandledSignal[] signals;
        lock (_signals)
        {
            signals = [.. _signals];
            _signals.Clear();
        }
        foreach (var signal in signals) Feed(new SupervisorEvent.Signal(signal, IsTyped(signal)));
        Feed(new SupervisorEvent.Time());
    }

    private static unsafe List<(int ProcessId, ExitStatus Status)> Reap()
    {
        var reaped = new List<(int, ExitStatus)>();
        int status;
        for (int ended; (ended = Libc.waitpid(-1, &status, Libc.WNOHANG)) > 0;) reaped.Add((ended, new ExitStatus(status)));
        return reaped;
    }

    /// <summary>Ended or not. One that is about to be reaped here, with its exit code: its pidfd is readable a moment earlier.</summary>
    private static unsafe bool IsChild(int processId)
    {
        var info = stackalloc byte[128]; // siginfo_t
        return Libc.waitid(Libc.P_PID, processId, info, Libc.WEXITED | Libc.WNOWAIT | Libc.WNOHANG) == 0;
    }

    /// <summary>Takes in what was said, but no more than there can be at once: anybody can send.</summary>
    private void ReadMessages()
    {
        for (var i = 0; i < MessagesAtOnce && _socket.TryReceive(out var message, _received, out var sender); i++)
        {
            // A process outside of this PID namespace has the number 0 here.
            if (message != null && sender.ProcessId > 0 && (sender.ProcessId == _state.Main || sender.UserId == Libc.geteuid()))
                Feed(new SupervisorEvent.Message(sender.ProcessId, message));
            foreach (var descriptor in _received) _ = Libc.close(descriptor);
            _received.Clear();
        }
    }

    private bool IsTyped(HandledSignal signal) =>
        signal is HandledSignal.SIGINT or HandledSignal.SIGTSTP && _state.Main > 0
        && ProcessStat.IsInForeground(Environment.ProcessId) && ProcessStat.IsInForeground(_state.Main);

    private void Feed(SupervisorEvent happened)
    {
        var (state, actions) = SupervisorMachine.Step(_state, happened, Environment.TickCount64);
        _state = state;
        foreach (var action in actions) CarryOut(action);
    }

    private void CarryOut(SupervisorAction action)
    {
        switch (action)
        {
            case SupervisorAction.Start: Start(); break;
            case SupervisorAction.Send send: _ = Libc.kill(send.ProcessId, (int)send.Signal); break;
            case SupervisorAction.Store store:
                foreach (var descriptor in _received) _listeners.Store(store.Name, descriptor);
                _received.Clear();
                break;
            case SupervisorAction.Forget forget: _listeners.Forget(forget.Name); break;
            case SupervisorAction.CloseListeners: _listeners.Clear(); break;
            case SupervisorAction.Tell tell: _outside.Tell(tell.Assignments); break;
            case SupervisorAction.LogCrash crash: _log.SupervisorRestarts(crash.What, (long)crash.Pause.TotalMilliseconds); break;
            case SupervisorAction.LogEnd { HasServed: true } end: _log.SupervisorGivesUp(end.What, RestartPolicy.MaxFastFailures); break;
            case SupervisorAction.LogEnd end: _log.SupervisorNeverServed(end.What); break;
            case SupervisorAction.LogFollowed followed: _log.SupervisorFollows(followed.ProcessId); break;
            case SupervisorAction.LogRefused refused: _log.SupervisorRefuses(refused.ProcessId, refused.MainProcessId); break;
        }
    }

    /// <summary>Starts the program, with what listeners there are. No LISTEN_PID: the child's pid is not known before it runs.</summary>
    private void Start()
    {
        List<KeyValuePair<string, string>> variables = [new("NOTIFY_SOCKET", _socket.Name), new(Variable, "0")];
        if (_outside.WatchdogInterval is { } interval) variables.Add(new("WATCHDOG_USEC", interval));
        if (_listeners.All.Count > 0)
        {
            variables.Add(new("LISTEN_FDS", _listeners.All.Count.ToString(CultureInfo.InvariantCulture)));
            variables.Add(new("LISTEN_FDNAMES", string.Join(':', _listeners.All.Select(listener => listener.Name))));
        }
        SupervisorEvent happened;
        try
        {
            happened = new SupervisorEvent.Started(_host.Start(variables, [.. _listeners.All.Select(listener => listener.Descriptor)]));
        }
        catch (IOException e)
        {
            happened = new SupervisorEvent.StartFailed(e.Message); // its file may be about to be replaced: as much a crash as any
        }
        Feed(happened);
    }
}
