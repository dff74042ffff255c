namespace Endless.Http.Budgets;

/// <summary>
/// What one connection holds of a <see cref="Budget"/>. It is counted there by steps, so that what goes up and down within one costs no locked instruction. For one thread at a time, but for
/// <see cref="Held"/> and what the budget asks.
/// </summary>
internal sealed class Holding
{
    private readonly Budget _budget;
    private readonly IShedTarget _holder;
    private readonly long _step;
    private long _held;
    private long _counted; // in the budget
    private int _progress; // counts each piece that is held no more
    private bool _isOver;
    private int _progressSeen; // the budget's: as the last look found it
    private long _stalledSince;
    private bool _isLookedAt;
    private long? _shedAt;

    /// <param name="budget">Where it counts.</param>
    /// <param name="holder">Whose it is.</param>
    /// <param name="step">By how much at a time.</param>
    public Holding(Budget budget, IShedTarget holder, long step)
    {
        (_budget, _holder, _step) = (budget, holder, step);
        budget.Join(this);
    }

    /// <summary>What is held.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>Something new is to be held. False if there is no room for it: then nothing has changed.</summary>
    public bool TryAdd(long amount)
    {
        if (_isOver) return true;
        var held = _held + amount;
        if (held > _counted)
        {
            var more = RoundUp(held) - _counted;
            if (!_budget.TryTake(more)) return false;
            _counted += more;
        }
        Volatile.Write(ref _held, held);
        return true;
    }

    /// <summary>Something is held that has come already.</summary>
    public void Add(long amount)
    {
        if (_isOver) return;
        Volatile.Write(ref _held, _held + amount);
        if (_held <= _counted) return;
        var more = RoundUp(_held) - _counted;
        _counted += more;
        _budget.Take(more);
    }

    /// <summary>Something is held no more.</summary>
    public void Remove(long amount)
    {
        if (_isOver || amount == 0) return;
        Volatile.Write(ref _held, _held - amount);
        Volatile.Write(ref _progress, _progress + 1);
        // Not at each step, or a connection that goes up and down around one would count each time.
        if (_held > 0 && _counted - _held < 2 * _step) return;
        var less = _counted - RoundUp(_held);
        _counted -= less;
        if (less > 0) _budget.Give(less);
    }

    /// <summary>So much is held now, which has come already.</summary>
    public void Set(long amount)
    {
        if (amount > _held) Add(amount - _held);
        else Remove(_held - amount);
    }

    /// <summary>The connection is over, and holds nothing. Whatever comes later counts no more.</summary>
    public void End()
    {
        if (_isOver) return;
        Remove(_held);
        _isOver = true;
        _budget.Leave(this);
    }

    /// <summary>The budget looks whether it gets on. False if nothing is to be had of it. Under the budget's lock, as the next four.</summary>
    internal bool Look(long now)
    {
        var progress = Volatile.Read(ref _progress);
        if (!_isLookedAt || progress != _progressSeen) _stalledSince = now;
        (_isLookedAt, _progressSeen) = (true, progress);
        return _shedAt is null && Held > 0;
    }

    /// <summary>Since when it has not got on, as far as looks have seen: milliseconds.</summary>
    internal long Stalled(long now) => now - _stalledSince;

    /// <summary>Shedding order: what it holds times how long.</summary>
    internal double Weight(long now) => (double)Held * (1 + Stalled(now));

    /// <summary>It is shed, in a moment: <see cref="Shed"/> is called outside the lock.</summary>
    internal void MarkShed(long now) => _shedAt = now;

    /// <summary>What there will be room for as soon as it has ended. Not counted on for ever: one that a handler took over does not end.</summary>
    internal long Leaving(long now) => _shedAt is { } at && now - at < Budget.Patience ? Held : 0;

    /// <summary>Ends the connection.</summary>
    internal void Shed() => _holder.Shed();

    private long RoundUp(long amount) => (amount + _step - 1) / _step * _step;
}
