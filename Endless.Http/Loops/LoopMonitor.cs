using Endless.Http.Workers;

namespace Endless.Http.Loops;

/// <summary>
/// Looks at the loops every few milliseconds and takes those that are stuck in one callback away from it, and starts the threads that workers lack. Go's <c>sysmon</c> is the model.
/// </summary>
/// <remarks>Sleeps without a timer while the loops do, so that an idle process has no wake-ups.</remarks>
/// <param name="loops">The loops.</param>
/// <param name="resources">What they share.</param>
/// <param name="memory">Gives memory back.</param>
/// <param name="isTrusting">Callbacks are taken not to block.</param>
internal sealed class LoopMonitor(IReadOnlyList<EventLoop> loops, LoopResources resources, MemoryTrim memory, bool isTrusting)
{
    /// <summary>Between two looks: milliseconds.</summary>
    private const int Interval = 5;

    /// <summary>A loop that is in the same callback at this many looks in a row is stuck: 10 ms at least.</summary>
    private const int LooksToStall = 3;

    /// <summary>A loop that got through no more callbacks than this since the last look has slow ones among them: 0.6 ms each, or one of 5 ms.</summary>
    private const int SlowCallbacks = 8;

    /// <summary>
    /// Looks at sleeping loops before the monitor sleeps too: a tenth of a second. Longer, and a process that has answered once recompiles the code that looks, called so
    /// often: 12 ms of CPU time and 0.6 MB with half a second.
    /// </summary>
    private const int LooksToSleep = 20;

    /// <summary>While the monitor sleeps and there is or may be memory to give back, or threads are missing: milliseconds.</summary>
    private const int LookAround = 1_000;

    private readonly MonitorSleep _sleep = resources.MonitorSleep;
    private readonly BlockingSite _trusted = new(); // the site for naps of handlers that are taken not to block
    private long _rescues;
    private volatile bool _stopping;
    private bool _trustBroken;      // the monitor's thread only

    /// <summary>Loops taken away from a blocked callback so far. Any thread.</summary>
    public long Rescues => Volatile.Read(ref _rescues);

    /// <summary>Begins to look.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = "endless monitor" }.UnsafeStart();

    /// <summary>Ends the monitor's thread, soon.</summary>
    public void Stop()
    {
        _stopping = true;
        _sleep.Rouse();
    }

    private void Run()
    {
        var positions = new long[loops.Count];
        var looks = new int[loops.Count];
        var quiet = 0;
        while (!_stopping)
        {
            var moved = false;
            for (var i = 0; i < loops.Count; i++)
            {
                var position = loops[i].Position(out var inside);
                moved |= inside || position != positions[i];
                looks[i] = inside && position == positions[i] ? looks[i] + 1 : 1;
                var isSlow = inside && EventLoop.Callbacks(position) - EventLoop.Callbacks(positions[i]) <= SlowCallbacks;
                positions[i] = position;
                if (looks[i] >= LooksToStall) Rescue(loops[i], position);
                else if (isSlow) Observe(loops[i], position);
            }
            memory.Look(Environment.TickCount64);
            var isTended = !resources.Workers.Tend(Environment.TickCount64);
            quiet = moved ? 0 : quiet + 1;
            if (quiet < LooksToSleep || !isTended) _sleep.Wait(isTended ? Interval : 0);
            else Sleep();
            if (quiet >= LooksToSleep) quiet = 0;
        }
    }

    private void Sleep()
    {
        _sleep.Begin();
        foreach (var loop in loops)
            if (!loop.IsPolling) _sleep.End();
        // One more look in any case: the last was up to a second ago, and what was allocated since then may have been the burst.
        for (var wait = LookAround; _sleep.IsAsleep && !_stopping && !_sleep.Wait(wait); wait = memory.IsPending || resources.Workers.IsShort ? LookAround : Timeout.Infinite)
        {
            memory.Look(Environment.TickCount64);
            resources.Workers.Tend(Environment.TickCount64);
        }
        _sleep.End();
    }

    private void Rescue(EventLoop loop, long position)
    {
        var site = loop.CurrentSite;
        var asleep = IsAsleep(loop.ThreadId);
        if (!loop.Supersede(position, isForced: true)) return;
        Interlocked.Increment(ref _rescues);
        if (site != null && site.OnStall(asleep)) Tell(site);
        if (asleep) BreakTrust();
    }

    /// <summary>
    /// A handler that sleeps for less than a stall holds up its loop as well, a little for each connection: with one of 10 ms, 64 connections had 200 answers a second
    /// of the 6,400 that are possible. A loop that is slow is therefore looked at, and its handler's naps add up.
    /// </summary>
    private void Observe(EventLoop loop, long position)
    {
        if ((isTrusting ? _trusted : loop.CurrentSite) is not { } site) return;
        // Race: looked at again, so that the nap counts for the right callback.
        if (!IsAsleep(loop.ThreadId) || loop.Position(out _) != position || !site.OnNap(Environment.TickCount64)) return;
        if (isTrusting) BreakTrust();
        else Tell(site);
    }

    private void Tell(BlockingSite site)
    {
        if (site.Name is { } route) TransportLog.RouteBlocks(resources.Logger, route);
        else TransportLog.HandlerBlocks(resources.Logger);
    }

    private void BreakTrust()
    {
        if (!isTrusting || _trustBroken) return;
        _trustBroken = true;
        TransportLog.TrustedHandlerBlocks(resources.Logger);
    }

    /// <summary>What the kernel says of a thread: asleep in a call (S, D) or running (R). A thread that is gone was not asleep.</summary>
    private static bool IsAsleep(int threadId)
    {
        try
        {
            // pid (name) state ...: the name may hold anything, so the last parenthesis counts.
            var stat = File.ReadAllText($"/proc/self/task/{threadId}/stat");
            var name = stat.LastIndexOf(')');
            return name >= 0 && stat.AsSpan(name + 1) is [' ', 'S' or 'D', ..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
