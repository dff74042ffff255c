using System.Diagnostics;

namespace Endless.Http.Load;

/// <summary>A moment by which something must have happened. Waits end with the event; the deadline only keeps a broken run from hanging.</summary>
public readonly struct Deadline
{
    private readonly long _end;

    private Deadline(TimeSpan span) => _end = Stopwatch.GetTimestamp() + (long)(span.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Long enough for anything on a loaded machine.</summary>
    public static TimeSpan Default { get; } = TimeSpan.FromSeconds(60);

    public static Deadline After(TimeSpan? span = null) => new(span ?? Default);

    public bool Passed => Stopwatch.GetTimestamp() >= _end;

    /// <summary>What is left of it, never negative.</summary>
    public TimeSpan Left => TimeSpan.FromSeconds(Math.Max(0, (double)(_end - Stopwatch.GetTimestamp()) / Stopwatch.Frequency));

    /// <summary>Waits for something that raises no event (a process that is gone, a number in /proc) by looking every few milliseconds.</summary>
    /// <exception cref="TimeoutException">It did not come to pass; the message says what was waited for.</exception>
    public static Task UntilAsync(Func<bool> condition, string what, TimeSpan? span = null) => UntilAsync(() => Task.FromResult(condition()), what, span);

    /// <summary>The same for what takes a question to another process to see.</summary>
    /// <exception cref="TimeoutException">It did not come to pass; the message says what was waited for.</exception>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? span = null)
    {
        var deadline = After(span);
        while (!await condition())
        {
            if (deadline.Passed) throw new TimeoutException($"Not within {(span ?? Default).TotalSeconds:0.#} s: {what}.");
            await Task.Delay(5);
        }
    }
}
