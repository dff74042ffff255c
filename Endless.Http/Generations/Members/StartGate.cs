namespace Endless.Http.Generations;

/// <summary>
/// Where the servers of a new generation wait, listening, until all of them are there; then they begin to accept together. So a start that
/// fails halfway has not accepted anything that dies with it. In a process that no restart started the gate is open.
/// </summary>
/// <remarks>
/// The gate opens when every server that was made waits at it and every inherited listener is claimed. A listener that none of them claimed
/// may belong to a server that is still to be made: it counts as dropped when for the settle time no server was made and none arrived.
/// Thread-safe.
/// </remarks>
internal sealed class StartGate
{
    /// <summary>Long against the pauses of a busy machine between two lines of a program, short against the start timeout. Only a restart that drops an address waits for it.</summary>
    internal static readonly TimeSpan DefaultSettleTime = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly HashSet<IGenerationMember> _expected = [];
    private readonly HashSet<IGenerationMember> _arrived = [];
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan _settleTime;
    private readonly ITimer? _settled;
    private readonly Func<bool> _allClaimed;
    private readonly Action _dropUnclaimed;
    private readonly Action _allAccepting;
    private bool _failed;

    /// <summary>A closed gate.</summary>
    /// <param name="settleTime">See <see cref="DefaultSettleTime"/>.</param>
    /// <param name="allClaimed">Whether every inherited listener is claimed.</param>
    /// <param name="dropUnclaimed">Called just before the gate opens although a listener is unclaimed.</param>
    /// <param name="allAccepting">Called once, when every server that was at the gate accepts.</param>
    /// <param name="time">By whose clock it settles; null for the system's.</param>
    internal StartGate(TimeSpan settleTime, Func<bool> allClaimed, Action dropUnclaimed, Action allAccepting, TimeProvider? time = null)
    {
        _settleTime = settleTime;
        _allClaimed = allClaimed;
        _dropUnclaimed = dropUnclaimed;
        _allAccepting = allAccepting;
        _settled = (time ?? TimeProvider.System).CreateTimer(static gate => ((StartGate)gate!).Settled(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private StartGate()
    {
        _allClaimed = static () => true;
        _dropUnclaimed = _allAccepting = static () => { };
        _opened.SetResult();
    }

    /// <summary>A gate that is open from the start.</summary>
    internal static StartGate CreateOpen() => new();

    /// <summary>Servers at the gate may go on.</summary>
    internal bool IsOpen => _opened.Task.IsCompleted;

    /// <summary>Completes when the gate opens.</summary>
    internal Task Opened => _opened.Task;

    /// <summary>Servers that were made and have not come, by their addresses; empty if none is waited for.</summary>
    internal string Missing
    {
        get
        {
            lock (_lock)
                return _expected.Count == 0 ? "" : $"{string.Join(", ", _expected.Select(server => server.Status.Address))}, made and never started";
        }
    }

    /// <summary>A server was made: the gate waits for it.</summary>
    internal void Expect(IGenerationMember server)
    {
        lock (_lock)
        {
            if (IsOpen) return;
            _expected.Add(server);
            _settled?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>A server listens. The task completes when it may accept.</summary>
    internal Task ArriveAsync(IGenerationMember server)
    {
        lock (_lock)
        {
            if (!IsOpen && _expected.Remove(server))
                _arrived.Add(server);
            Reconsider();
            return _opened.Task;
        }
    }

    /// <summary>A server accepts.</summary>
    internal void Accepting(IGenerationMember server)
    {
        bool last;
        lock (_lock)
            last = _arrived.Remove(server) && _arrived.Count == 0;
        if (last) _allAccepting();
    }

    /// <summary>A server will not come: it was closed.</summary>
    internal void Forget(IGenerationMember server)
    {
        bool last;
        lock (_lock)
        {
            _expected.Remove(server);
            last = _arrived.Remove(server) && _arrived.Count == 0 && IsOpen;
            Reconsider();
        }
        if (last) _allAccepting();
    }

    /// <summary>The start has failed: the gate stays closed, and the process is about to be killed.</summary>
    internal void Fail()
    {
        lock (_lock)
            _failed = true;
    }

    private bool EveryoneIsHere => !IsOpen && !_failed && _expected.Count == 0 && _arrived.Count > 0;

    private void Reconsider()
    {
        if (!EveryoneIsHere)
            return;
        if (_allClaimed())
            Open();
        else
            _settled?.Change(_settleTime, Timeout.InfiniteTimeSpan);
    }

    private void Settled()
    {
        lock (_lock)
        {
            if (!EveryoneIsHere) return;
            if (!_allClaimed()) _dropUnclaimed();
            Open();
        }
    }

    private void Open()
    {
        _settled?.Dispose();
        _opened.SetResult();
    }
}
