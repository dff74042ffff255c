using Endless.Http.Channels;
using Endless.Http.Logging;
using Endless.Http.Native;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Generations;

/// <summary>Asks the application what it leaves for the next generation: its code, which may throw and may never return. Only the answer to the last question counts.</summary>
internal sealed class StateQuestion(Action<GenerationEvent> post, Func<ILogger> logger)
{
    /// <summary>The most that the application can leave: 1 MiB.</summary>
    internal const int MaxBytes = 1 << 20;

    private readonly Lock _lock = new();
    private int _asked;
    private int _open; // the number of the question that has no answer yet; 0 if none is open
    private int _awaited; // the number of the question whose answer the machine has not acted on; 0 if there is none. Of the generation's thread only

    /// <summary>Asked at each restart, before the spawn, before the hand-over and at the end of the drain; null leaves nothing. Any thread.</summary>
    internal Func<ReadOnlyMemory<byte>>? StateToNext { get; set; }

    /// <summary>What parts of the application leave: asked with it, before it.</summary>
    internal PassedStates Passing { get; } = new(logger);

    /// <summary>What <see cref="Passing"/> said last; empty if it has not answered the last question.</summary>
    internal IReadOnlyList<PassedState> Passed { get; private set; } = [];

    /// <summary>The last answer; null if there is none to the last question.</summary>
    internal ReadOnlyMemory<byte>? Answer { get; private set; }

    /// <summary>Asks, on a thread of the application's. Answered by <see cref="GenerationEvent.StateGiven"/> or <see cref="GenerationEvent.StateRefused"/>.</summary>
    internal void Ask()
    {
        int number;
        lock (_lock) (number, Answer, Passed) = (_open = ++_asked, null, []);
        _awaited = number;
        var stateToNext = StateToNext;
        if (stateToNext is null && Passing.IsEmpty)
        {
            if (TryClose(number, answer: null)) post(new GenerationEvent.StateGiven(number));
            return;
        }
        try
        {
            new Thread(() => Ask(stateToNext, number)) { IsBackground = true, Name = "StateToNext" }.Start();
        }
        catch (OutOfMemoryException)
        {
            Refused(number, $"the system has no thread for it {ThreadShortage.Causes}");
        }
    }

    /// <summary>
    /// An answer to that question is still waited for. Race: one given as its time ended, and queued behind the timer, would answer the next question, or begin the hand-over a second time.
    /// </summary>
    internal bool IsAwaited(int number) => number == _awaited;

    /// <summary>The answer to the last question. One that has not come by now counts for nothing any more, and is missed in the log.</summary>
    internal ReadOnlyMemory<byte>? TakeAnswer()
    {
        _awaited = 0;
        if (TryClose(_asked, answer: null)) logger().StateToNextFailed("it did not return in time");
        return Answer;
    }

    /// <summary>Asks once more, for good, when the last request has been answered. Null if there is nothing new to be said, or the application does not say it in time.</summary>
    internal async Task<ReadOnlyMemory<byte>?> AskLastAsync(TimeSpan patience)
    {
        if (StateToNext is not { } stateToNext) return null;
        ReadOnlyMemory<byte>? said = null;
        var asked = ApplicationCallback.Start(() => said = stateToNext(), nameof(StateToNext), logger);
        if (await Task.WhenAny(asked, Task.Delay(patience)).ConfigureAwait(false) != asked)
        {
            logger().StateToNextFailed("it did not return in time");
            return null;
        }
        if (said is not { } state || (Answer is { } last && last.Span.SequenceEqual(state.Span))) return null;
        if (state.Length <= MaxBytes) return state;
        logger().StateToNextFailed(TooLong(state));
        return null;
    }

    /// <summary>Asks <see cref="Passing"/> once more, for good. What it says anew.</summary>
    internal async Task<IReadOnlyList<PassedState>> AskPassedLastAsync()
    {
        var news = new List<PassedState>();
        if (Passing.IsEmpty) return news;
        IReadOnlyList<PassedState> said = [];
        await ApplicationCallback.Start(() => said = Passing.Ask(), nameof(EndlessProcess.PassOn), logger).ConfigureAwait(false); // which has a patience of its own
        foreach (var passed in said)
            if (!IsSaid(passed)) news.Add(passed);
        return news;
    }

    private bool IsSaid(PassedState passed)
    {
        foreach (var last in Passed)
            if (last.Name == passed.Name) return last.State.Span.SequenceEqual(passed.State.Span);
        return false;
    }

    private static string TooLong(ReadOnlyMemory<byte> state) => $"it gave {state.Length} bytes; {MaxBytes} are the most that a generation can leave";

    private void Ask(Func<ReadOnlyMemory<byte>>? stateToNext, int number)
    {
        try
        {
            var passed = Passing.Ask();
            lock (_lock)
                if (number == _open) Passed = passed;
            ReadOnlyMemory<byte>? state = null;
            if (stateToNext is not null && (state = stateToNext()) is { Length: > MaxBytes } tooLong)
            {
                Refused(number, TooLong(tooLong));
                return;
            }
            if (TryClose(number, state)) post(new GenerationEvent.StateGiven(number));
        }
        catch (Exception e)
        {
            Refused(number, e.Message);
        }
    }

    private void Refused(int number, string reason)
    {
        if (!TryClose(number, answer: null)) return;
        logger().StateToNextFailed(reason.TrimEnd('.'));
        post(new GenerationEvent.StateRefused(reason.TrimEnd('.'), number));
    }

    /// <summary>False if there is a later question, or this one has been answered, or is not waited for.</summary>
    private bool TryClose(int number, ReadOnlyMemory<byte>? answer)
    {
        lock (_lock)
        {
            if (number != _open) return false;
            (_open, Answer) = (0, answer);
            return true;
        }
    }
}
