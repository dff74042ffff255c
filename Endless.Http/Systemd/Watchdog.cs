using Endless.Http.Logging;
using Endless.Http.Loops;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Systemd;

/// <summary>
/// Gives the service manager signs of life (WATCHDOG=1, sd_watchdog_enabled(3)) at half the interval it asks for, and only while every
/// event loop has answered a post since the last: a process that is stuck is killed and started anew.
/// </summary>
/// <remarks>
/// Runs on a thread of its own: the thread pool may be what is stuck. A handler that blocks its thread is nothing to be killed for, since
/// its loop goes on elsewhere.
/// </remarks>
internal sealed class Watchdog : IDisposable
{
    // A wait takes no more than 24.8 days, and pinging more often than asked does no harm; twice an interval below the scheduler's own would be a busy loop.
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(1);
    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromMilliseconds(10);

    private readonly IReadOnlyList<EventLoop> _loops;
    private readonly TimeSpan _period;
    private readonly Action _ping;
    private readonly Func<ILogger> _logger;
    private readonly ManualResetEventSlim _stopped = new();

    private Watchdog(TimeSpan interval, IReadOnlyList<EventLoop> loops, Action ping, Func<ILogger> logger)
    {
        _loops = loops;
        _period = Period(interval);
        _ping = ping;
        _logger = logger;
    }

    /// <summary>The interval in a value of <c>WATCHDOG_USEC</c>, if <c>WATCHDOG_PID</c> is absent or this process; null if no signs of life are wanted.</summary>
    internal static TimeSpan? Interval(string? microseconds, string? watchdogProcessId, int processId, out string? complaint)
    {
        complaint = null;
        if (string.IsNullOrEmpty(microseconds)) return null;
        if (!string.IsNullOrEmpty(watchdogProcessId) && watchdogProcessId != $"{processId}") return null; // meant for the process that started this one
        if (long.TryParse(microseconds, out var number) && number > 0 && number <= TimeSpan.MaxValue.TotalMicroseconds) return TimeSpan.FromMicroseconds(number);
        complaint = $"WATCHDOG_USEC is \"{microseconds}\", which is no number of microseconds";
        return null;
    }

    /// <summary>How often to ping for an interval.</summary>
    internal static TimeSpan Period(TimeSpan interval) => TimeSpan.FromTicks(Math.Clamp(interval.Ticks / 2, ShortestPeriod.Ticks, LongestPeriod.Ticks));

    /// <summary>Starts to ask the loops and to ping.</summary>
    internal static Watchdog Start(TimeSpan interval, IReadOnlyList<EventLoop> loops, Action ping, Func<ILogger> logger)
    {
        var watchdog = new Watchdog(interval, loops, ping, logger);
        new Thread(watchdog.Run, maxStackSize: 64 * 1024) { IsBackground = true, Name = "endless watchdog" }.UnsafeStart();
        return watchdog;
    }

    /// <summary>Ends the signs of life, soon.</summary>
    public void Dispose() => _stopped.Set();

    private void Run()
    {
        do
        {
            var round = new Round(_loops.Count);
            foreach (var loop in _loops)
                loop.Post(round);
            if (!round.Wait(_period))
            {
                _logger().LoopsSilent(round.Missing, _loops.Count, (long)_period.TotalMilliseconds);
                // However late it comes, the last answer is worth a ping: it may still be in time.
                while (!round.Wait(TimeSpan.FromMilliseconds(100)))
                    if (_stopped.IsSet) return;
            }
            if (!_stopped.IsSet) _ping();
        }
        while (!_stopped.Wait(_period));
    }

    /// <summary>One question to all loops.</summary>
    private sealed class Round(int loops) : IThreadPoolWorkItem
    {
        private readonly CountdownEvent _missing = new(loops); // never disposed of: a loop may still answer when nobody waits any more

        public int Missing => _missing.CurrentCount;

        public bool Wait(TimeSpan time) => _missing.Wait(time);

        public void Execute() => _missing.Signal();
    }
}
