namespace Endless.Http.Generations;

/// <summary>What the servers of a generation tell it, from when each was made until it has ended, and what that is to its machine. Thread-safe.</summary>
internal sealed class GenerationServers
{
    /// <summary>How long a process that is about to end waits for its last counters to be sent.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly GenerationContext _context;
    private readonly GenerationSignals _signals;
    private readonly GenerationSuccession _succession;
    private readonly GenerationFigures _figures;
    private readonly StartGate _gate;
    private readonly ServersActor _actor;
    private int _started;
    private int _held;
    private bool _introduced;
    private bool _stopping;

    internal GenerationServers(GenerationContext context, GenerationSockets sockets, GenerationSignals signals, GenerationSuccession succession, GenerationFigures figures, TimeSpan? settleTime)
    {
        (_context, _signals, _succession, _figures) = (context, signals, succession, figures);
        _gate = context.Continues
            ? new StartGate(settleTime ?? StartGate.DefaultSettleTime, () => sockets.AreClaimed, sockets.DropUnclaimed, () => context.Shell.PostAndWait(new GenerationEvent.ServersAccept()))
            : StartGate.CreateOpen();
        _actor = new ServersActor(context, succession, figures);
    }

    /// <summary>Some have started and not ended.</summary>
    internal bool AreStarted
    {
        get
        {
            lock (_lock)
                return _started > 0;
        }
    }

    /// <summary>The service is about to stop: every server was told to, and there is no next generation.</summary>
    internal bool AreStopping
    {
        get
        {
            lock (_lock)
                return _stopping;
        }
    }

    /// <summary>Has the machine move what acts on them.</summary>
    internal void AddActors()
    {
        _context.Shell.Add(_actor);
        _context.Shell.Add(new PredecessorActor(_context.Predecessor, _gate));
    }

    /// <summary>A server was made; this generation is not ready before it is.</summary>
    internal void Join(IGenerationMember server)
    {
        _context.Members.Add(server);
        _gate.Expect(server);
    }

    /// <inheritdoc cref="GenerationMembers.CountOf"/>
    internal int CountOf(string address) => _context.Members.CountOf(address);

    /// <summary>A server is about to listen: from now on signals are handled. Undone by <see cref="LeaveAsync"/>. True for the first one of all.</summary>
    internal bool Starting()
    {
        lock (_lock)
        {
            if (_started++ == 0)
            {
                _stopping = false; // of servers that have ended since
                _context.Shell.Start();
                _signals.Listen();
            }
            _context.Shell.Post(new GenerationEvent.ServersStart());
            var isFirst = !_introduced;
            _introduced = true;
            return isFirst;
        }
    }

    /// <summary>A server listens. Completes when it may accept: at once, but after a restart only when every other server listens too.</summary>
    internal Task ArriveAsync(IGenerationMember server)
    {
        var open = _gate.ArriveAsync(server);
        if (!open.IsCompleted && _gate.Missing is { Length: > 0 } missing) _context.Predecessor?.SayWaiting(missing);
        return open;
    }

    /// <summary>A server accepts. Order of events: all that must be told are told before this returns, others by the server after.</summary>
    internal void Accepting(IGenerationMember server)
    {
        _gate.Accepting(server);
        _context.Members.NoteAccepting(server);
        AcceptIfReady();
    }

    /// <summary>
    /// A first generation is ready later than its servers accept: when <see cref="Release"/> was called as often. In a later one a server that is to wait does so before it accepts.
    /// </summary>
    internal void Hold()
    {
        lock (_lock) _held++;
    }

    /// <summary>Undoes <see cref="Hold"/>. Order of events as in <see cref="Accepting"/>.</summary>
    internal void Release()
    {
        lock (_lock) _held--;
        AcceptIfReady();
    }

    private void AcceptIfReady()
    {
        if (_context.Continues || !_context.Members.AllAccept()) return;
        lock (_lock)
        {
            if (_held > 0 || _started == 0) return;
        }
        _context.Shell.PostAndWait(new GenerationEvent.ServersAccept());
    }

    /// <summary>A server was told to stop for good. Where none has started there is no service to stop.</summary>
    internal void Stopping()
    {
        lock (_lock)
        {
            if (_started == 0 || _stopping || !_context.Members.AreStopping) return;
            _stopping = true;
        }
        _context.Shell.PostAndWait(new GenerationEvent.ServersStop());
    }

    /// <summary>A server could not start: with it the restart that this process is for has failed.</summary>
    internal void StartFailed(Exception reason)
    {
        if (!_gate.IsOpen) _context.Shell.PostAndWait(new GenerationEvent.StartFailed(reason.Message));
    }

    /// <summary>The program cannot start, whatever its servers do: the restart that this process is for has failed. Nothing once they accept.</summary>
    internal void FailStart(string reason)
    {
        if (_gate.IsOpen) return;
        if (AreStarted) _context.Shell.PostAndWait(new GenerationEvent.StartFailed(reason));
        else if (_context.Predecessor?.SayFailed(reason) == true) _gate.Fail(); // the machine does not move before a server starts
    }

    /// <summary>A server has ended, or was closed before it started. With the last one a restart that is under way ends, too.</summary>
    internal async Task LeaveAsync(IGenerationMember server, bool started)
    {
        if (!_context.Members.Remove(server)) return;
        bool last;
        lock (_lock)
            last = started && --_started == 0;
        _gate.Forget(server);
        if (!last) return;
        _actor.Dispose();
        _figures.SendCounters();
        await _succession.LeaveStateAsync().ConfigureAwait(false);
        _succession.Flush(LastWords);
        _context.Shell.PostAndWait(new GenerationEvent.ServersEnded());
        await _context.Shell.Ended.ConfigureAwait(false);
        // A late SIGHUP must not kill, by its default action, a process that has just left in good order.
        _signals.StopListening(butHangUp: _succession.IsDone);
        _succession.End();
    }
}
