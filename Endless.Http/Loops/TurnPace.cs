using System.Diagnostics;

namespace Endless.Http.Loops;

/// <summary>How long a loop's callbacks take, and so whether responses had better leave together at the end of its turn (<see cref="Connections.Connection.SendsWhileIdle"/>). For the runner of the turn.</summary>
/// <remarks>
/// Thundering wake-ups: a send wakes its client, who takes a processor, finds one response and sleeps again. With sixteen sends in a row the first wakes it, and the others are there when it looks: an MVC action took 0.75
/// of the CPU time for it. A handler of a few microseconds has its client awake all the same, and a plaintext response took 1.06 of it.
/// </remarks>
internal struct TurnPace
{
    /// <summary>An event that takes longer is worth it.</summary>
    private const double LongMicroseconds = 20;

    private static readonly long LongTicks = (long)(LongMicroseconds * Stopwatch.Frequency / 1_000_000);

    private long _began;
    private int _events;
    private long _average; // ticks for an event, of the last eight turns or so

    /// <summary>Responses of this turn are to leave together.</summary>
    public readonly bool IsLong => _events > 1 && _average >= LongTicks;

    /// <summary>A turn begins, with so many events.</summary>
    public void Begin(int events)
    {
        if (events > 0) (_began, _events) = (Stopwatch.GetTimestamp(), events);
    }

    /// <summary>It has ended.</summary>
    public void End()
    {
        if (_events == 0) return;
        _average += ((Stopwatch.GetTimestamp() - _began) / _events - _average) >> 3;
        _events = 0;
    }
}
