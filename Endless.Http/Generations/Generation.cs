using Endless.Http.Channels;
using Endless.Http.Diagnostics;
using Endless.Http.HandOver;
using Endless.Http.Server;
using Endless.Http.Signals;
using Endless.Http.Spawning;
using Endless.Http.Transport;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Generations;

/// <summary>
/// This process as one in a row of generations: what it inherited, the servers in it, and what signals do to them. There is one in a
/// process, <see cref="Current"/>; tests make more, with a host of their own. Thread-safe.
/// </summary>
internal sealed class Generation : IRestartSteps
{
    private static readonly Lazy<Generation> Process = new(() => new Generation(new LinuxProcessHost(), StartGate.DefaultSettleTime, isProcess: true));

    /// <summary>How often a generation that drains says what its counters stand at.</summary>
    private static readonly TimeSpan CountersPeriod = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly GenerationObservers _observers = new();
    private readonly GenerationMembers _members = new();
    private readonly PreviousCounters _previous = new();
    private readonly Inheritance _inheritance;
    private readonly Predecessor? _predecessor;
    private readonly StartGate _gate;
    private readonly Restarter _restarter;
    private readonly SignalDispatcher _signals;
    private readonly SignalActions _actions;
    private readonly ILogger _defaultLogger;
    private readonly Lazy<EventLoopGroup> _loops;
    private int _started;
    private bool _introduced;
    private Timer? _countersTimer;
    private bool _inCharge;
    private bool _stopping;

    internal Generation(IProcessHost host, TimeSpan settleTime, bool isProcess = false)
    {
        Host = host;
        _inheritance = Inheritance.Take(host);
        SocketFiles = new SocketFiles(host);
        _predecessor = _inheritance.Control is { } control ? new Predecessor(control, host.ProcessId) : null;
        Info = _predecessor?.Greet() ?? (_inheritance.Continues ? GenerationInfo.First with { Number = 2 } : GenerationInfo.First);
        _defaultLogger = new ConsoleLogger(Info.Number);
        _gate = _inheritance.Continues
            ? new StartGate(settleTime, () => _inheritance.Unclaimed.Count == 0, DropUnclaimed, SayReady)
            : StartGate.CreateOpen();
        _observers.Add(History = new GenerationHistory(this));
        _restarter = new Restarter(host, Info, () => Logger, _observers);
        _loops = new Lazy<EventLoopGroup>(() => new EventLoopGroup(Environment.ProcessorCount, Logger));
        _actions = new SignalActions(_members, _restarter, _gate, RestartAsync, () => Logger);
        _signals = new SignalDispatcher(() => _members.SignalHooks, _actions.Act, () => Logger, () => _members.StartTimeout, isProcess ? new Terminal(OutlivesTerminal(host)) : null);
        // Before the application starts a thread or a subprocess, which would get this thread's mask.
        if (isProcess && Continues) _signals.Hold();
    }

    /// <summary>This process's generation. Its inheritance is taken out of the environment by the first use.</summary>
    internal static Generation Current => Process.Value;

    /// <summary>The most that the application can leave for the next generation: 1 MiB.</summary>
    internal const int MaxStateBytes = 1 << 20;

    /// <summary>Asked at each restart what the application leaves for the next generation; null for nothing.</summary>
    internal Func<ReadOnlyMemory<byte>>? StateToNext { get; set; }

    /// <summary>The process.</summary>
    internal IProcessHost Host { get; }

    /// <summary>Listeners that somebody else than a generation before this one made; null for none. Set before the first server listens.</summary>
    internal IActivatedSockets? Activated { get; set; }

    /// <summary>Puts this process's pid into a file; null where nobody keeps one. Set before the first server listens.</summary>
    internal Action<string>? AcquirePidFile { get; set; }

    /// <summary>Whoever started the first generation may wait for its process, and not for the service: not so a service manager. Set before the first server listens.</summary>
    internal bool MayBeForegroundJob { get; set; }

    /// <summary>This process continues another.</summary>
    internal bool Continues => _inheritance.Continues;

    /// <summary>It has heard the generation before it: what is that one's passes to it. The variables that say <see cref="Continues"/> may be set by anybody.</summary>
    internal bool HasPredecessor => _predecessor is { ProcessId: not 0 };

    /// <summary>Nobody before this generation accepts any more: it is the service, and what is the service's is its own.</summary>
    internal bool IsInCharge
    {
        get
        {
            lock (_lock)
                return _inCharge;
        }
    }

    /// <summary>Which generation this is, and the counters it started with.</summary>
    internal GenerationInfo Info { get; }

    /// <summary>What its servers have counted, those that have ended too.</summary>
    internal ServerCounters Counters => _members.Counters;

    /// <summary>How many connections of its servers are in which state.</summary>
    internal IReadOnlyDictionary<ConnState, int> ConnectionStates => _members.ConnectionStates;

    /// <summary>What the counters of all generations before this one stand at, as the last word from the one before has it.</summary>
    internal ReadOnlyMemory<byte> CountersFromPrevious => _previous.Counters;

    /// <summary>Connections that generations before this one still have.</summary>
    internal int DrainingConnections => _previous.Connections;

    /// <summary>Completes when <see cref="CountersFromPrevious"/> has arrived, or nothing will.</summary>
    internal Task CountersArrived => _previous.Settled;

    /// <summary>Makes the counters for the next generation, those of all before included; null leaves none. Set before the first restart.</summary>
    internal Func<byte[]>? CountersToNext { get; set; }

    /// <summary><see cref="Restarts"/>, but for the one that this process came of while the generation before may still take it back.</summary>
    internal int TrustedRestarts
    {
        get
        {
            lock (_lock)
                return Restarts - (_inheritance.Continues && !_inCharge && Restarts > 0 ? 1 : 0);
        }
    }

    /// <summary>Does with a connection of its own what a restart will do with the clients'; null for nothing. Set before the first server listens.</summary>
    internal Action? Rehearsal { get; set; }

    /// <summary>Completes when the rehearsal of a process that continues another is over.</summary>
    internal Task Rehearsed { get; private set; } = Task.CompletedTask;

    /// <summary>Tells the next generation, if there is one that accepts, what the counters stand at now.</summary>
    internal void SendCounters() => _restarter.SendCounters();

    /// <summary>Whether somebody may listen to meters and activities.</summary>
    internal DiagnosticsLibrary DiagnosticsLibrary { get; } = new();

    /// <summary>What is known of its requests, once somebody wants to know.</summary>
    internal RequestMetrics Requests { get; } = new();

    /// <summary>The generations up to this one, and their restarts.</summary>
    internal GenerationHistory History { get; }

    /// <summary>How long connections were open that have ended here.</summary>
    internal DurationMetric ConnectionDurations { get; } = new("endless.connection.duration", "Duration of connections that were closed.", DurationBounds.Connections);

    /// <summary>Where its metrics are published as instruments too; null in tests.</summary>
    internal IDisposable? Meter { get; set; }

    /// <summary>How long TLS handshakes took.</summary>
    internal DurationMetric TlsHandshakes { get; } = new("endless.tls.handshake.duration", "Duration of TLS handshakes.", DurationBounds.Requests);

    /// <summary>What its servers tell of themselves, each with its address.</summary>
    internal IReadOnlyList<MemberStatus> Servers => [.. _members.All.Select(member => member.Status)];

    /// <summary>Restarts that succeeded, from the first generation on.</summary>
    internal int Restarts => _restarter.Restarts;

    /// <summary>Restarts that failed, from the first generation on.</summary>
    internal int Failures => _restarter.Failures;

    /// <summary>The service is about to stop: every server was told to, and there is no next generation.</summary>
    internal bool IsStopping
    {
        get
        {
            lock (_lock)
                return _stopping;
        }
    }

    /// <summary>Where its UNIX sockets are found.</summary>
    internal SocketFiles SocketFiles { get; }

    /// <summary>What its servers listen on.</summary>
    internal IReadOnlyList<ListenerDescriptor> Listeners => _members.Listeners;

    /// <summary>Addresses of the generation before this one that this one does not serve.</summary>
    internal IReadOnlyList<string> Dropped { get; private set; } = [];

    /// <summary>Where the generation logs: to the first server's logger, if it has one of its own.</summary>
    internal ILogger Logger => _members.Logger ?? _defaultLogger;

    /// <summary>Open connections of its servers.</summary>
    internal int Connections => _members.Connections;

    /// <summary>The event loops, shared by all servers. They live as long as the process.</summary>
    internal EventLoopGroup Loops => _loops.Value;

    /// <summary>Has an observer told of what happens from now on; null is nobody.</summary>
    internal void Observe(IGenerationObserver? observer) => _observers.Add(observer);

    /// <summary>A server was made; this generation is not ready before it is.</summary>
    /// <returns>How many servers with its address were made before it.</returns>
    internal int Join(IGenerationMember server)
    {
        var ordinal = _members.Add(server);
        _gate.Expect(server);
        return ordinal;
    }

    /// <summary>A server is about to listen: from now on signals are handled. Undone by <see cref="LeaveAsync"/>.</summary>
    internal void Starting()
    {
        lock (_lock)
        {
            if (_started++ == 0) _signals.Listen();
            if (_introduced) return;
            _introduced = true;
        }
        if (_inheritance.Continues) Rehearse();
        if (_predecessor != null) Logger.GenerationStarted(Info.Number, _predecessor.ProcessId);
        if ((_inheritance.Complaint ?? _predecessor?.Complaint) is { } complaint) Logger.InheritanceBroken(complaint);
        foreach (var wrong in Activated?.Complaints ?? []) Logger.ServiceManagerComplaint(wrong);
    }

    /// <summary>The inherited listener of a server, owned by the caller from now on; null if it is to be bound anew.</summary>
    /// <param name="server">The server.</param>
    /// <param name="address">Its address.</param>
    /// <param name="predecessor">The server of the generation before that had the listener; the server itself if none had.</param>
    internal int? Claim(ServerIdentity server, ListenAddress address, out ServerIdentity predecessor) =>
        _inheritance.Claim(server, _members.Of(server.Address), out predecessor) ?? Activated?.Claim(address);

    /// <inheritdoc cref="IActivatedSockets.IsActivated"/>
    internal bool IsActivated(string address) => Activated?.IsActivated(address) ?? false;

    /// <summary>A server listens. Completes when it may accept: at once, but after a restart only when every other server listens too.</summary>
    internal Task ArriveAsync(IGenerationMember server) => _gate.ArriveAsync(server);

    /// <summary>A server accepts.</summary>
    internal void Accepting(IGenerationMember server)
    {
        _gate.Accepting(server);
        if (!_members.NoteAccepting(server) || _inheritance.Continues) return;
        lock (_lock)
            if (_inCharge) return;
        _observers.Ready();
        TakeCharge(announced: false);
    }

    /// <summary>A server was told to stop for good.</summary>
    internal void Stopping()
    {
        lock (_lock)
        {
            if (_stopping || _restarter.HandedOn || !_members.AreStopping) return;
            _stopping = true;
        }
        _observers.Stopping();
    }

    /// <summary>A server could not start: with it the restart that this process is for has failed.</summary>
    internal void StartFailed(Exception reason)
    {
        if (!_gate.IsOpen && _predecessor != null && _predecessor.SayFailed(reason.Message))
            _gate.Fail();
    }

    /// <summary>A server has ended, or was closed before it started. The last one ends a restart that is under way.</summary>
    internal async Task LeaveAsync(IGenerationMember server, bool started)
    {
        if (!_members.Remove(server)) return;
        bool last;
        lock (_lock)
            last = started && --_started == 0;
        _gate.Forget(server);
        if (!last) return;
        _countersTimer?.Dispose();
        SendCounters();
        await _restarter.AbandonAsync(out _).ConfigureAwait(false);
        // A late SIGHUP must not kill, by its default action, a process that has just left in good order.
        _signals.StopListening(but: _restarter.HandedOn ? HandledSignal.SIGHUP : null);
        _observers.Ended();
        if (MayBeForegroundJob && !Continues && _restarter.Successor is { } successor) ForegroundJob.StayFor(successor, Logger);
    }

    /// <summary>Whoever started the first generation had SIGHUP ignored. Each later one is told: its own dispositions are the defaults.</summary>
    private bool OutlivesTerminal(IProcessHost host)
    {
        var told = host.TakeVariable(RestartVariables.NoHangUp) != null;
        var outlives = Continues ? told : SignalDispatcher.IsHangUpIgnored;
        if (outlives) host.HandOnVariable(RestartVariables.NoHangUp, "1");
        return outlives;
    }

    /// <summary>Restarts as SIGHUP does, hooks and all, by an attempt that begins after this call.</summary>
    internal Task<RestartResult> RestartAsSignalAsync()
    {
        var restart = _actions.ExpectRestart();
        _signals.Post(HandledSignal.SIGHUP);
        return restart;
    }

    /// <summary>Starts the next generation and, once it is ready, drains the servers of this one.</summary>
    internal async Task<RestartResult> RestartAsync()
    {
        var listeners = Listeners;
        if (!_gate.IsOpen)
            return RestartResult.Refused("this generation is not ready itself");
        if (IsStopping)
            return RestartResult.Refused("this process is stopping");
        if (listeners.Count == 0 && !_restarter.HandedOn)
            return RestartResult.Refused("no server of this process is serving");
        Rehearse(); // meanwhile the next generation starts
        var timeout = _members.StartTimeout;
        var state = ReadOnlyMemory<byte>.Empty;
        if (StateToNext is { } stateToNext)
        {
            try
            {
                // The application's code: it may throw, and it may never return.
                state = await Task.Run(stateToNext).WaitAsync(timeout).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                return _restarter.Fail($"StateToNext failed: {e.Message}");
            }
            if (state.Length > MaxStateBytes) return _restarter.Fail($"StateToNext gave {state.Length} bytes; {MaxStateBytes} are the most that a generation can leave");
        }
        return await _restarter.RestartAsync(listeners, timeout, _members.Probation, this, state).ConfigureAwait(false);
    }

    Task IRestartSteps.PauseAsync() => Task.WhenAll(_members.All.Select(member => member.PauseAsync()));

    CountersMessage IRestartSteps.Counters() => new(Connections + DrainingConnections, CountersToNext?.Invoke() ?? []);

    void IRestartSteps.Continue()
    {
        foreach (var member in _members.All) member.Continue();
    }

    void IRestartSteps.HandOn(ControlChannel control)
    {
        var handOver = new HandOverSender(control, Loops, () => Logger);
        SendCounters(); // the next one learns when it was left the service
        handOver.Start();
        // Until it ends: what its last connections are still answered with counts too.
        _countersTimer = new Timer(static generation => ((Generation)generation!).SendCounters(), this, CountersPeriod, CountersPeriod);
        foreach (var member in _members.All) member.BeginDrain(handedOn: true, handOver);
    }

    private void Rehearse()
    {
        lock (_lock)
        {
            if (Rehearsal is null) return;
            Rehearsed = Task.Factory.StartNew(Rehearsal, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Rehearsal = null;
        }
    }

    private void DropUnclaimed()
    {
        Dropped = _inheritance.DropUnclaimed();
        foreach (var address in Dropped)
            Logger.AddressDropped(address);
    }

    private void SayReady()
    {
        _observers.Ready();
        if (_predecessor is null)
        {
            TakeCharge(announced: false);
        }
        else if (_predecessor.SayReady())
        {
            _predecessor.WatchAsync(new Adoption(() => _members.All, () => Logger).Take, () => TakeCharge(announced: true), _previous.Take, complaint =>
            {
                _previous.End();
                _observers.PredecessorEnded();
                TakeCharge(announced: false); // unless it said so before
                if (complaint is null) Logger.PredecessorFinished(Info.Number - 1, _predecessor.ProcessId);
                else Logger.PredecessorNotUnderstood(Info.Number - 1, _predecessor.ProcessId, complaint);
            });
        }
        else
        {
            Logger.PredecessorGone();
            TakeCharge(announced: false);
        }
    }

    private void TakeCharge(bool announced)
    {
        lock (_lock)
        {
            if (_inCharge) return;
            _inCharge = true;
        }
        _previous.Settle();
        _observers.InCharge(announced);
    }
}
