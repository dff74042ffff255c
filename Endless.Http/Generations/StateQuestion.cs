using Microsoft.Extensions.Logging;
using Endless.Http.Diagnostics;

namespace Endless.Http.Generations;

/// <summary>Asks the application what it leaves for the next generation: its code, which may throw and may never return. Only the answer to the last question counts.</summary>
internal sealed class StateQuestion(Action<GenerationEvent> post, Func<ILogger> logger)
{
    /// <summary>The most that the application can leave: 1 MiB.</summary>
    internal const int MaxBytes = 1 << 20;

    private int _asked;

    /// <summary>Asked at each restart, before the spawn and before the hand-over; null leaves nothing. Any thread.</summary>
    internal Func<ReadOnlyMemory<byte>>? StateToNext { get; set; }

    /// <summary>The last answer; null if there is none to the last question.</summary>
    internal ReadOnlyMemory<byte>? Answer { get; private set; }

    /// <summary>Asks, on a thread of the application's. Answered by <see cref="GenerationEvent.StateGiven"/> or <see cref="GenerationEvent.StateRefused"/>.</summary>
    internal void Ask()
    {
        var number = Interlocked.Increment(ref _asked);
        Answer = null;
        if (StateToNext is not { } stateToNext)
        {
            post(new GenerationEvent.StateGiven());
            return;
        }
        try
        {
            new Thread(() => Ask(stateToNext, number)) { IsBackground = true, Name = "StateToNext" }.Start();
        }
        catch (Exception e)
        {
            Refused(number, $"the system has no thread for it ({e.Message})");
        }
    }

    private void Ask(Func<ReadOnlyMemory<byte>> stateToNext, int number)
    {
        try
        {
            var state = stateToNext();
            if (number != Volatile.Read(ref _asked)) return;
            if (state.Length > MaxBytes)
            {
                Refused(number, $"it gave {state.Length} bytes; {MaxBytes} are the most that a generation can leave");
                return;
            }
            Answer = state;
            post(new GenerationEvent.StateGiven());
        }
        catch (Exception e)
        {
            Refused(number, e.Message);
        }
    }

    private void Refused(int number, string reason)
    {
        if (number != Volatile.Read(ref _asked)) return;
        logger().StateToNextFailed(reason.TrimEnd('.'));
        post(new GenerationEvent.StateRefused(reason.TrimEnd('.')));
    }
}
