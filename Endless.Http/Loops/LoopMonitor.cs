using Endless.Http.Workers;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Loops;

/// <summary>
/// Looks at the loops every few milliseconds and takes those that are stuck in one callback away from it, and starts the threads that workers lack. Go's <c>sysmon</c> is the model.
/// </summary>
/// <remarks>Sleeps without a timer while the loops do, so that an idle process has no wake-ups.</remarks>
internal sealed class LoopMonitor(EventLoopGroup group, ILogger logger)
{
    /// <summary>Between two looks: milliseconds.</summary>
    private const int Interval = 5;

    /// <summary>A loop that is in the same callback at this many looks in a row is stuck: 10 ms at least.</summary>
    private const int LooksToStall = 3;

    /// <summary>A loop that got through no more callbacks than this since the last look has slow ones among them: 0.6 ms each, or one of 5 ms.</summary>
    private const int SlowCallbacks = 8;

    /// <summary>
    /// Looks at sleeping loops before the monitor sleeps too: a tenth of a second. Longer, and a process that has answered once compiles what looks anew, since it is called so
    /// often: 12 ms of CPU time and 0.6 MB with half a second.
    /// </summary>
    private const int LooksToSleep = 20;

    /// <summary>While the monitor sleeps and there is or may be memory to give back, or threads are missing: milliseconds.</summary>
    private const int LookAround = 1_000;

    private readonly MemoryTrim _memory = new(group);
    private readonly AutoResetEvent _awake = new(false); // not a SemaphoreSlim, which spins before it waits until its spinning is worth compiling anew
    private readonly CallSite _trusted = new(); // what naps of handlers that are taken not to block are put down to
    private volatile bool _asleep;
    private volatile bool _stopping;
    private bool _trustBroken;      // the monitor's thread only

    /// <summary>Begins to look.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = "endless monitor" }.UnsafeStart();

    /// <summary>A loop has events again. Cheap when the monitor is awake anyway.</summary>
    public void WakeUp()
    {
        if (_asleep) Rouse();
    }

    /// <summary>Ends the monitor's thread, soon.</summary>
    public void Stop()
    {
        _stopping = true;
        Rouse();
    }

    /// <summary>There is something to look after at once. Any thread.</summary>
    public void Rouse()
    {
        _asleep = false;
        _awake.Set();
    }

    private void Run()
    {
        var loops = group.Loops;
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
            _memory.Look(Environment.TickCount64);
            var isTended = !group.Workers.Tend(Environment.TickCount64);
            quiet = moved ? 0 : quiet + 1;
            if (quiet < LooksToSleep || !isTended) _awake.WaitOne(isTended ? Interval : 0);
            else Sleep(loops);
            if (quiet >= LooksToSleep) quiet = 0;
        }
    }

    private void Sleep(IReadOnlyList<EventLoop> loops)
    {
        _asleep = true;
        Interlocked.MemoryBarrier();
        // A loop that woke before it could see the flag is seen here instead (EventLoop.Poll has the other fence).
        foreach (var loop in loops)
            if (!loop.IsPolling) _asleep = false;
        // One more look in any case: the last was up to a second ago, and what was allocated since then may have been the burst.
        for (var wait = LookAround; _asleep && !_stopping && !_awake.WaitOne(wait); wait = _memory.IsPending || group.Workers.IsShort ? LookAround : Timeout.Infinite)
        {
            _memory.Look(Environment.TickCount64);
            group.Workers.Tend(Environment.TickCount64);
        }
        _asleep = false;
    }

    private void Rescue(EventLoop loop, long position)
    {
        var site = loop.CurrentSite;
        var asleep = IsAsleep(loop.ThreadId);
        if (!loop.Supersede(position, isForced: true)) return;
        group.OnRescued();
        if (site != null && site.OnStall(asleep)) Tell(site);
        if (asleep) BreakTrust();
    }

    /// <summary>
    /// A handler that sleeps for less than a stall holds up its loop as well, a little for each connection: with one of 10 ms, 64 connections had 200 answers a second
    /// of the 6,400 that are possible. A loop that is slow is therefore looked at, and its handler's naps add up.
    /// </summary>
    private void Observe(EventLoop loop, long position)
    {
        if ((group.IsTrusting ? _trusted : loop.CurrentSite) is not { } site) return;
        // Looked at again, so that the nap is put down to the callback that took it.
        if (!IsAsleep(loop.ThreadId) || loop.Position(out _) != position || !site.OnNap(Environment.TickCount64)) return;
        if (group.IsTrusting) BreakTrust();
        else Tell(site);
    }

    private void Tell(CallSite site)
    {
        if (site.Name is { } route) TransportLog.RouteBlocks(logger, route);
        else TransportLog.HandlerBlocks(logger);
    }

    private void BreakTrust()
    {
        if (!group.IsTrusting || _trustBroken) return;
        _trustBroken = true;
        TransportLog.TrustedHandlerBlocks(logger);
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
