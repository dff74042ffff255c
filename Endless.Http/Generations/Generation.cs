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
internal sealed class Generation : IPredecessorListener
{
    private static readonly Lazy<Generation> Process = new(() => new Generation(new LinuxProcessHost(), StartGate.DefaultSettleTime, isProcess: true));

    /// <summary>How long a process that is about to end waits for its last counters to be sent.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly GenerationObservers _observers = new();
    private readonly GenerationMembers _members = new();
    private readonly PreviousCounters _previous = new();
    private readonly Inheritance _inheritance;
    private readonly Predecessor? _predecessor;
    private readonly StartGate _gate;
    private readonly Adoption _adoption;
    private readonly GenerationShell _shell;
    private readonly StateQuestion _question;
    private readonly SuccessorActor _successor;
    private readonly ServersActor _servers;
    private readonly RestartAttempts _attempts;
    private readonly SignalEvents _signalEvents;
    private readonly SignalDispatcher _signals;
    private readonly ILogger _defaultLogger;
    private readonly Lazy<EventLoopGroup> _loops;
    private GuardedLogger? _guarded;
    private int _started;
    private bool _introduced;
    private bool _stopping;

    internal Generation(IProcessHost host, TimeSpan settleTime, bool isProcess = false)
    {
        Host = host;
        _inheritance = Inheritance.Take(host);
        SocketFiles = new SocketFiles(host);
        _predecessor = _inheritance.Control is { } control ? new Predecessor(control, host.ProcessId) : null;
        if (_predecessor is null) _previous.Settle(); // nothing comes
        Info = _predecessor?.Greet() ?? (_inheritance.Continues ? GenerationInfo.First with { Number = 2 } : GenerationInfo.First);
        StateFromPrevious = Info.State;
        _defaultLogger = new ConsoleLogger(Info.Number);
        _loops = new Lazy<EventLoopGroup>(() => new EventLoopGroup(Environment.ProcessorCount, Logger));
        Application = new ApplicationEvents(_predecessor != null, () => Logger);
        _observers.Add(Application);
        _observers.Add(History = new GenerationHistory(this));

        _adoption = new Adoption(() => _members.All, () => Logger);
        var times = new GenerationTimes(_members);
        _shell = new GenerationShell(GenerationState.Initial(_inheritance.Continues, isManaged: false), times.Of, () => Logger) { Taking = Take };
        _question = new StateQuestion(_shell.Post, () => Logger);
        _gate = _inheritance.Continues
            ? new StartGate(settleTime, () => _inheritance.Unclaimed.Count == 0, DropUnclaimed, () => _shell.PostAndWait(new GenerationEvent.ServersAccept()))
            : StartGate.CreateOpen();
        _successor = new SuccessorActor(host, _loops, _question, () => _members.Listeners, NextInfo, _shell.Post, () => Logger);
        var before = $"generation {Info.Number - 1} (pid {_predecessor?.ProcessId ?? 0})";
        var texts = new RestartTexts(() => _successor.Successor, before, () => _members.StartTimeout, () => _attempts!.Last?.BeganAt ?? 0);
        _attempts = new RestartAttempts(Info, texts, _observers, () => Logger);
        _servers = new ServersActor(_members, () => _successor.HandOver, CountersNow, _shell.Post, () => Logger);
        var announcer = new Announcer(_observers, () => _successor.Successor, () => _attempts.Last?.BeganAt ?? 0, () => Logger);
        foreach (var actor in (IGenerationActor[])[_servers, _attempts, announcer, Rehearsal, new PredecessorActor(_predecessor, _gate), _successor]) _shell.Add(actor);
        _signalEvents = new SignalEvents(_shell.PostAndWait);
        _signals = new SignalDispatcher(() => _members.SignalHooks, _signalEvents.Act, () => Logger, () => _members.StartTimeout, isProcess ? new Terminal(OutlivesTerminal(host)) : null);
        // Before the application starts a thread or a subprocess, which would get this thread's mask.
        if (isProcess && Continues) _signals.Hold();
    }

    /// <summary>This process's generation. Its inheritance is taken out of the environment by the first use.</summary>
    internal static Generation Current => Process.Value;

    /// <inheritdoc cref="StateQuestion.StateToNext"/>
    internal Func<ReadOnlyMemory<byte>>? StateToNext
    {
        get => _question.StateToNext;
        set => _question.StateToNext = value;
    }

    /// <summary>What the application of the generation before left, as it last said.</summary>
    internal ReadOnlyMemory<byte> StateFromPrevious { get; private set; }

    /// <summary>What the application is told of the generation before.</summary>
    internal ApplicationEvents Application { get; }

    /// <summary>Nobody before this generation can accept again: the service is its own, or its successor's, and so is what is the service's.</summary>
    internal bool IsInCharge => _shell.State.IsInCharge;

    /// <summary>A service manager is told of the generations. Set before the first server listens.</summary>
    internal bool IsManaged
    {
        set => _shell.IsManaged = value;
    }

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
    internal int TrustedRestarts => Restarts - (_inheritance.Continues && !IsInCharge && Restarts > 0 ? 1 : 0);

    /// <summary>Does with a connection of its own what a restart will do with the clients'.</summary>
    internal RehearsalActor Rehearsal { get; } = new();

    /// <summary>Tells the next generation, if there is one that accepts, what the counters stand at now.</summary>
    internal void SendCounters() => _servers.SendCounters();

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
    internal int Restarts => _attempts.Restarts;

    /// <summary>Restarts that failed, from the first generation on.</summary>
    internal int Failures => _attempts.Failures;

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

    /// <summary>Where the generation logs: to the first server's logger, if it has one of its own. What happens after the last server's end goes there too.</summary>
    internal ILogger Logger => _members.Logger is { } own ? Guard(own) : _members.All is [] ? _guarded ?? _defaultLogger : _defaultLogger;

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
            if (_started++ == 0)
            {
                _stopping = false; // of servers that have ended since
                _shell.Start();
                _signals.Listen();
            }
            _shell.Post(new GenerationEvent.ServersStart());
            if (_introduced) return;
            _introduced = true;
        }
        if (Continues) Rehearsal.Begin();
        if (_predecessor != null) Logger.GenerationStarted(Info.Number, _predecessor.ProcessId);
        if ((_inheritance.Complaint ?? _predecessor?.Complaint) is { } complaint) Logger.InheritanceBroken(complaint);
        foreach (var wrong in Activated?.Complaints ?? []) Logger.ServiceManagerComplaint(wrong);
        if (_predecessor != null) _predecessor.Listen(this);
        else if (Continues) _shell.Post(new GenerationEvent.PredecessorIsGone());
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
    internal Task ArriveAsync(IGenerationMember server)
    {
        var open = _gate.ArriveAsync(server);
        if (!open.IsCompleted && _gate.Missing is { Length: > 0 } missing) _predecessor?.SayWaiting(missing);
        return open;
    }

    /// <summary>A server accepts. Returns when everybody was told that has to be: whoever hears of it from the server finds them told.</summary>
    internal void Accepting(IGenerationMember server)
    {
        _gate.Accepting(server);
        if (_members.NoteAccepting(server) && !Continues) _shell.PostAndWait(new GenerationEvent.ServersAccept());
    }

    /// <summary>A server was told to stop for good. Where none has started there is no service to stop.</summary>
    internal void Stopping()
    {
        lock (_lock)
        {
            if (_started == 0 || _stopping || !_members.AreStopping) return;
            _stopping = true;
        }
        _shell.PostAndWait(new GenerationEvent.ServersStop());
    }

    /// <summary>A server could not start: with it the restart that this process is for has failed.</summary>
    internal void StartFailed(Exception reason)
    {
        if (!_gate.IsOpen) _shell.PostAndWait(new GenerationEvent.StartFailed(reason.Message));
    }

    /// <summary>A server has ended, or was closed before it started. With the last one whatever restart is under way comes to its end.</summary>
    internal async Task LeaveAsync(IGenerationMember server, bool started)
    {
        if (!_members.Remove(server)) return;
        bool last;
        lock (_lock)
            last = started && --_started == 0;
        _gate.Forget(server);
        if (!last) return;
        _servers.Dispose();
        SendCounters();
        _successor.HandOver?.Flush(LastWords);
        _shell.PostAndWait(new GenerationEvent.ServersEnded());
        await _shell.Ended.ConfigureAwait(false);
        // A late SIGHUP must not kill, by its default action, a process that has just left in good order.
        _signals.StopListening(but: _shell.State.Successor == SuccessorPhase.InCharge ? HandledSignal.SIGHUP : null);
        _observers.Ended();
        if (MayBeForegroundJob && !Continues && _shell.State.Successor == SuccessorPhase.InCharge && _successor.Successor?.Process is { } process) ForegroundJob.StayFor(process, Logger);
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
        var restart = _signalEvents.ExpectRestart();
        _signals.Post(HandledSignal.SIGHUP);
        return restart;
    }

    /// <summary>Starts the next generation and, once it is trusted, drains the servers of this one.</summary>
    internal Task<RestartResult> RestartAsync()
    {
        lock (_lock)
        {
            if (_started == 0 && _shell.State.Successor == SuccessorPhase.None) return Task.FromResult(RestartResult.Refused("no server of this process is serving"));
        }
        var answer = RestartAsker.NewAnswer();
        _shell.Post(new GenerationEvent.RestartAsked(new RestartAsker(IsSignal: false, answer)));
        return answer.Task;
    }

    void IPredecessorListener.Tell(GenerationEvent happened)
    {
        switch (happened)
        {
            case GenerationEvent.PredecessorStops:
                Logger.PredecessorStops();
                break;
            case GenerationEvent.PredecessorReleased:
                _previous.Settle();
                break;
            case GenerationEvent.PredecessorIsGone gone:
                _previous.End();
                if (gone.Complaint is { } complaint) Logger.PredecessorNotUnderstood(Info.Number - 1, _predecessor!.ProcessId, complaint);
                else if (IsInCharge || _shell.State.Own == OwnPhase.Serving) Logger.PredecessorFinished(Info.Number - 1, _predecessor!.ProcessId);
                else Logger.PredecessorGone();
                break;
        }
        _shell.Post(happened);
    }

    SocketConnection?[] IPredecessorListener.Adopt(HandOverMessage message, IReadOnlyList<int> descriptors) => _adoption.Take(message, descriptors);

    void IPredecessorListener.TakeState(ReadOnlyMemory<byte> state)
    {
        StateFromPrevious = state;
        Application.OnStateArrived(state);
    }

    void IPredecessorListener.TakeCounters(CountersMessage counters) => _previous.Take(counters);

    /// <summary>Whoever asks for a restart is known before the machine says what comes of it.</summary>
    private void Take(GenerationEvent happened)
    {
        if (happened is GenerationEvent.RestartAsked { Asker: { } asker }) _attempts.Add(asker);
    }

    private GenerationInfo NextInfo() => new(Info.Number + 1, Restarts + 1, Failures, default);

    private CountersMessage CountersNow() => new(Connections + DrainingConnections, CountersToNext?.Invoke() ?? []);

    private GuardedLogger Guard(ILogger own)
    {
        if (_guarded is { } guarded && guarded.Guarded == own) return guarded;
        return _guarded = new GuardedLogger(own, _defaultLogger);
    }

    private void DropUnclaimed()
    {
        Dropped = _inheritance.DropUnclaimed();
        foreach (var address in Dropped)
            Logger.AddressDropped(address);
    }
}
