using System.Diagnostics;

namespace Endless.Http.Generations;

/// <summary>
/// The one thread on which a generation's machine moves: it takes events from a queue, one at a time, and timers when they are due. Made with the first server, so that no
/// restart and no stop needs a thread that the system may refuse then (RLIMIT_NPROC, pids.max).
/// </summary>
/// <remarks><see cref="Post"/> and <see cref="PostAndWait"/> from any thread; the timers only from this one.</remarks>
internal sealed class GenerationThread(Action<GenerationEvent> handle)
{
    /// <summary>
    /// A timer that is found due so much too late means that this process did not run (SIGSTOP, a pause of the machine): others may have been in time, and their threads did not run either.
    /// So it gets as much time again.
    /// </summary>
    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(1);

    private readonly object _gate = new(); // of Monitor.Wait, which a Lock has not
    private readonly Queue<(GenerationEvent Event, TaskCompletionSource? Handled)> _queue = [];
    private readonly long[] _deadlines = new long[Enum.GetValues<GenerationTimer>().Length]; // in Stopwatch ticks; 0 where none runs
    private Thread? _thread;

    /// <summary>Begins to take events, those posted before included. Nothing the second time.</summary>
    internal void Start()
    {
        lock (_gate)
        {
            if (_thread != null) return;
            var thread = new Thread(Run) { IsBackground = true, Name = "endless generation" };
            thread.UnsafeStart();
            Volatile.Write(ref _thread, thread);
        }
    }

    /// <summary>Has an event taken after those before it.</summary>
    internal void Post(GenerationEvent happened) => Enqueue(happened, null);

    /// <summary>The same, and returns when it has been. On this thread itself it does not wait, nor before <see cref="Start"/>.</summary>
    internal void PostAndWait(GenerationEvent happened)
    {
        if (Volatile.Read(ref _thread) is not { } thread || Thread.CurrentThread == thread)
        {
            Post(happened);
            return;
        }
        var handled = new TaskCompletionSource();
        Enqueue(happened, handled);
        handled.Task.Wait();
    }

    /// <summary>Begins a time, anew if it is running; none if it is infinite. One of zero is over after the events that are queued.</summary>
    internal void StartTimer(GenerationTimer timer, TimeSpan time)
    {
        _deadlines[(int)timer] = time < TimeSpan.Zero ? 0 : Deadline(time);
    }

    internal void StopTimer(GenerationTimer timer) => _deadlines[(int)timer] = 0;

    private static long Deadline(TimeSpan time) => Stopwatch.GetTimestamp() + (long)(Math.Min(time.TotalSeconds, int.MaxValue) * Stopwatch.Frequency);

    private void Enqueue(GenerationEvent happened, TaskCompletionSource? handled)
    {
        lock (_gate)
        {
            _queue.Enqueue((happened, handled));
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (true)
        {
            var (happened, handled) = Take();
            handle(happened);
            handled?.SetResult();
        }
    }

    /// <summary>The next event; a timer's only when no other is there.</summary>
    private (GenerationEvent Event, TaskCompletionSource? Handled) Take()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_queue.TryDequeue(out var next)) return next;
                var first = -1;
                for (var i = 0; i < _deadlines.Length; i++)
                    if (_deadlines[i] != 0 && (first < 0 || _deadlines[i] < _deadlines[first])) first = i;
                var left = first < 0 ? Timeout.InfiniteTimeSpan : Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _deadlines[first]);
                if (first >= 0 && left <= TimeSpan.Zero)
                {
                    var late = -left;
                    _deadlines[first] = late > Lateness ? Deadline(Lateness) : 0;
                    if (late <= Lateness) return (new GenerationEvent.TimedOut((GenerationTimer)first), null);
                    continue;
                }
                Monitor.Wait(_gate, left > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : left);
            }
        }
    }
}
