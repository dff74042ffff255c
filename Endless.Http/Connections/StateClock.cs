namespace Endless.Http.Connections;

/// <summary>How long a connection has been in which state. Written by whoever changes the state; read by anybody, a state behind at most.</summary>
/// <remarks>
/// By <see cref="Environment.TickCount64"/>, the kernel's coarse clock: it costs 5 ns where a precise one costs 25, and although it moves in steps of milliseconds, a
/// step falls into a state as often as that state is long, so that sums over many requests are right.
/// </remarks>
internal struct StateClock()
{
    private long _since = Environment.TickCount64;
    private long _new;
    private long _active;
    private long _idle;

    /// <summary>When the present state began.</summary>
    public readonly long Since => Volatile.Read(in _since);

    /// <summary>A state ends and the next begins.</summary>
    public void Leave(ConnectionState state)
    {
        var now = Environment.TickCount64;
        Add(state, now - _since);
        Volatile.Write(ref _since, now);
    }

    /// <summary>Milliseconds in a state, of which <paramref name="present"/> is the one now.</summary>
    public readonly long Time(ConnectionState state, ConnectionState present)
    {
        var past = state switch
        {
            ConnectionState.New => _new,
            ConnectionState.Active => _active,
            ConnectionState.Idle => _idle,
            _ => 0,
        };
        return state == present ? past + Math.Max(0, Environment.TickCount64 - Since) : past;
    }

    private void Add(ConnectionState state, long time)
    {
        if (state == ConnectionState.New) _new += time;
        else if (state == ConnectionState.Active) _active += time;
        else if (state == ConnectionState.Idle) _idle += time;
    }
}
