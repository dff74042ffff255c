namespace Endless.Http.Loops;

/// <summary>
/// The clock that the peers of a loop's connections are judged by: <see cref="Environment.TickCount64"/> without the time in which the loop could not look at its sockets,
/// because the process was stopped (SIGSTOP, a paused virtual machine, a starved core) or a callback held the loop up. In that time this process was late, not its peers.
/// </summary>
/// <remarks>
/// Nobody tells a process that it was stopped, so the loop measures it: it wakes up later than it had planned to. A stop within a sleep may have begun with it: of such a sleep
/// <see cref="Slack"/> is counted and the rest is not. So the clock never stands still, however busy the machine. Written by the runner of the loop's turn, read by any thread.
/// </remarks>
internal sealed class LoopClock
{
    /// <summary>Later than planned by no more than this, a loop is merely busy: milliseconds.</summary>
    internal const long Slack = 500;

    private long _last = Environment.TickCount64;
    private long _lost;
    private long _turn;

    public LoopClock() => _turn = _last;

    /// <summary>The time, in milliseconds.</summary>
    public long Now => Environment.TickCount64 - Volatile.Read(ref _lost);

    /// <summary>When the loop last asked the kernel what is ready. Time that has passed since then is nobody's fault yet.</summary>
    public long Turn => Volatile.Read(ref _turn);

    /// <summary>The loop has asked the kernel what is ready.</summary>
    /// <param name="planned">How long it meant to sleep meanwhile: 0 if it did not, negative if nobody's deadline would have woken it.</param>
    public void Advance(int planned) => Advance(Environment.TickCount64, planned);

    internal void Advance(long now, int planned)
    {
        var step = now - _last;
        _last = now;
        if (planned >= 0 && step > planned + Slack) Volatile.Write(ref _lost, _lost + step - Slack);
        Volatile.Write(ref _turn, now - _lost);
    }
}
