using System.Diagnostics;
using Endless.Http.Signals;

namespace Endless.Http.Generations;

/// <summary>What each signal is to a generation's machine. Thread-safe.</summary>
internal sealed class SignalEvents(Action<GenerationEvent> take)
{
    /// <summary>A supervisor passes on what the terminal has sent to the whole process group: both are one Ctrl+C. Short against a person who presses it again.</summary>
    private static readonly TimeSpan OneInterrupt = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly List<TaskCompletionSource<RestartResult>> _expected = [];
    private long _interruptedAt;

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
            case HandledSignal.SIGINT when _interruptedAt == 0:
                _interruptedAt = Stopwatch.GetTimestamp();
                take(new GenerationEvent.StopAsked());
                break;
            case HandledSignal.SIGINT when Stopwatch.GetElapsedTime(_interruptedAt) > OneInterrupt:
                take(new GenerationEvent.StopAsked(AtOnce: true));
                break;
            case HandledSignal.SIGUSR2:
                take(new GenerationEvent.HammerAsked());
                break;
        }
    }
}
