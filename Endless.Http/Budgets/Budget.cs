namespace Endless.Http.Budgets;

/// <summary>How much of one kind clients may make the process hold, all connections together, and how much they do. Thread-safe.</summary>
/// <remarks>
/// Connections count in it by steps (<see cref="Holding"/>). Where it is full, what is new is refused, and the connection that holds most for longest without getting on is ended: the one order
/// of who is shed first. What gets on stays, until 1.5 times the limit is held: then the one that holds most goes.
/// </remarks>
/// <param name="name">What it is called in metrics.</param>
/// <param name="limit">The most that may be held.</param>
internal sealed class Budget(string name, long limit) : IThreadPoolWorkItem
{
    /// <summary>A connection that has not got on for so long since the first look is shed where there is no room: milliseconds.</summary>
    internal const long Patience = 5_000;

    /// <summary>Between two looks for whom to shed: milliseconds.</summary>
    private const long LookInterval = 100;

    private readonly Lock _lock = new();
    private readonly HashSet<Holding> _holdings = [];
    private long _limit = limit;
    private long _used;
    private long _refused;
    private long _shed;
    private long _nextLook = long.MinValue;

    /// <summary>What it is called in metrics.</summary>
    public string Name => name;

    /// <summary>The most that may be held.</summary>
    public long Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <summary>What is held, rounded up to each connection's step.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>How often something new was refused.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Connections that were ended to make room.</summary>
    public long Shed => Volatile.Read(ref _shed);

    /// <summary>Nothing more may be held.</summary>
    public bool IsFull => Used >= Limit;

    /// <summary>What may be held at the most while connections that get on are left alone.</summary>
    private long HardLimit => Limit + Limit / 2;

    /// <summary>Counts something new. False if there is no room for it: then it is to be refused.</summary>
    public bool TryTake(long amount)
    {
        if (Interlocked.Add(ref _used, amount) <= Limit) return true;
        Interlocked.Add(ref _used, -amount);
        Refuse();
        return false;
    }

    /// <summary>Counts what has come already.</summary>
    public void Take(long amount)
    {
        if (Interlocked.Add(ref _used, amount) > Limit) MakeRoom();
    }

    /// <summary>It is held no more.</summary>
    public void Give(long amount) => Interlocked.Add(ref _used, -amount);

    /// <summary>Counts something that is refused for want of room, and has room made.</summary>
    public void Refuse()
    {
        Interlocked.Increment(ref _refused);
        MakeRoom();
    }

    /// <summary>A connection may hold something from now on.</summary>
    public void Join(Holding holding)
    {
        lock (_lock) _holdings.Add(holding);
    }

    /// <summary>A connection holds nothing any more.</summary>
    public void Leave(Holding holding)
    {
        lock (_lock) _holdings.Remove(holding);
    }

    /// <summary>Deadlock: sheds soon, on another thread, since the caller may hold a lock and shedding may call the application.</summary>
    private void MakeRoom()
    {
        var now = Environment.TickCount64;
        var next = Volatile.Read(ref _nextLook);
        if (now < next || Interlocked.CompareExchange(ref _nextLook, now + LookInterval, next) != next) return;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => Look(Environment.TickCount64);

    /// <summary>Sheds whoever is to go, until an eighth of the limit is free or nobody else deserves it.</summary>
    /// <param name="now">Milliseconds of <see cref="Environment.TickCount64"/>.</param>
    internal void Look(long now)
    {
        var shed = new List<Holding>();
        lock (_lock)
        {
            var leaving = _holdings.Sum(holding => holding.Leaving(now)); // a connection just shed still holds its part: no other is shed for it
            var everybody = Used - leaving > HardLimit;
            var worst = _holdings.Where(holding => holding.Look(now) && (everybody || holding.Stalled(now) >= Patience)).ToList();
            worst.Sort((one, other) => other.Weight(now).CompareTo(one.Weight(now)));
            var excess = Used - leaving - (Limit - Math.Max(Limit / 8, 1));
            foreach (var holding in worst)
            {
                if (excess <= 0) break;
                excess -= holding.Held;
                holding.MarkShed(now);
                shed.Add(holding);
            }
        }
        Interlocked.Add(ref _shed, shed.Count);
        foreach (var holding in shed) holding.Shed();
    }
}
