using Endless.Http.Signals;

namespace Endless.Http.Generations;

/// <summary>What each signal is to a generation's machine. Thread-safe.</summary>
internal sealed class SignalEvents(Action<GenerationEvent> take)
{
    private readonly Lock _lock = new();
    private readonly List<TaskCompletionSource<RestartResult>> _expected = [];
    private readonly Interrupts _interrupts = new();

    /// <summary>What comes of the next restart by a signal, to be posted after this call: of an attempt, then, that begins after it.</summary>
    internal Task<RestartResult> ExpectRestart()
    {
        var answer = RestartAsker.NewAnswer();
        lock (_lock)
            _expected.Add(answer);
        return answer.Task;
    }

    /// <summary>Has the machine take a signal.</summary>
    internal void Act(HandledSignal signal)
    {
        switch (signal)
        {
            case HandledSignal.SIGHUP:
                TaskCompletionSource<RestartResult>[] answers;
                lock (_lock)
                {
                    answers = [.. _expected];
                    _expected.Clear();
                }
                take(new GenerationEvent.RestartAsked(new RestartAsker(IsSignal: true, answers)));
                break;
            case HandledSignal.SIGTERM:
                take(new GenerationEvent.StopAsked());
                break;
            case HandledSignal.SIGINT when _interrupts.Note(TimeSpan.FromMilliseconds(Environment.TickCount64)) is var interrupt and not Interrupt.Echo:
                take(new GenerationEvent.StopAsked(AtOnce: interrupt == Interrupt.Again));
                break;
            case HandledSignal.SIGUSR2:
                take(new GenerationEvent.HammerAsked());
                break;
        }
    }
}
