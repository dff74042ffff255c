using System.Diagnostics;
using Endless.Http.Native;

namespace Endless.Http.Signals;

/// <summary>
/// The controlling terminal. A SIGHUP is two things: "restart" from whoever sends it, and "the terminal is closed" from the kernel and the shell. The second is known by
/// this: the process had a terminal at the start, and has none now, since a moment.
/// </summary>
/// <remarks>
/// "Since a moment": a server that was started by <c>&amp;</c> outlives its shell's <c>exit</c>, which sends no SIGHUP; one that comes on a later day is a restart. A terminal goes
/// with its session's leader, so its end is watched: by a thread that sleeps, in a process that has a terminal and is not the leader itself. Thread-safe.
/// </remarks>
internal sealed class Terminal
{
    /// <summary>How long after the leader's end a SIGHUP can be due to it; the kernel's and the shell's come within milliseconds.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(3);

    private readonly int _leader = Libc.getsid(0);
    private readonly bool _had;
    private readonly bool _outlives;
    private long _lostAt; // 0 while it is not known to be lost

    /// <param name="outlives">Whoever started the first generation had SIGHUP ignored, as nohup(1) does.</param>
    internal Terminal(bool outlives)
    {
        _outlives = outlives;
        _had = HasTerminal();
        if (!_had || LeadsItself) return;
        var thread = new Thread(Watch, maxStackSize: 128 * 1024) { IsBackground = true, Name = "endless terminal" };
        thread.UnsafeStart();
    }

    /// <summary>What a SIGHUP that has just come means.</summary>
    internal HangUp Interpret()
    {
        // A leader that ends has the kernel send the signal first, and take the terminal away then.
        if (!_had || (HasTerminal() && (LeadsItself || ProcessStat.Of(_leader) is { IsEnding: false }))) return HangUp.Restart;
        // Not known before: this is the signal by which it was closed.
        var lostAt = Interlocked.CompareExchange(ref _lostAt, Stopwatch.GetTimestamp(), 0);
        if (lostAt != 0 && Stopwatch.GetElapsedTime(lostAt) > Moment) return HangUp.Restart;
        return _outlives ? HangUp.Outlived : HangUp.Stop;
    }

    private bool LeadsItself => _leader <= 0 || _leader == Environment.ProcessId;

    private void Watch()
    {
        // Else the first SIGHUP without a terminal counts as its end.
        if (ProcessEnd.TryWait(_leader)) _ = Interlocked.CompareExchange(ref _lostAt, Stopwatch.GetTimestamp(), 0);
    }

    private static bool HasTerminal() => ProcessStat.OfSelf() is { Terminal: not 0 };
}
