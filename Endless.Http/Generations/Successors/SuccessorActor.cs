using Endless.Http.Channels;
using Endless.Http.HandOver;
using Endless.Http.Loops;
using Endless.Http.Spawning;
using Microsoft.Extensions.Logging;
using static Endless.Http.Generations.GenerationAction;

namespace Endless.Http.Generations;

/// <summary>Starts the next generation, speaks to it, kills it. Its own thread is the generation's; what is read from others is so noted.</summary>
internal sealed class SuccessorActor(
    IProcessHost host, Lazy<EventLoopGroup> loops, StateQuestion question, Func<IReadOnlyList<ListenerDescriptor>> listeners, Func<GenerationInfo> next, Action<GenerationEvent> post,
    Func<ILogger> logger) : IGenerationActor
{
    private volatile Successor? _successor;

    /// <summary>The next generation that there is, or is to be; null if none. Any thread.</summary>
    internal Successor? Successor => _successor;

    /// <summary>The way to it; null if there is none. Any thread.</summary>
    internal HandOverSender? HandOver => _successor?.HandOver;

    public void Do(GenerationAction action)
    {
        switch (action)
        {
            case AskState:
                question.Ask();
                break;
            case Spawn:
                _successor = new Successor(host, next() with { State = question.Answer ?? default, Passed = question.Passed }, post, logger);
                _successor.Start(listeners(), loops.Value);
                break;
            case KillSuccessor:
                _successor?.Kill();
                break;
            case TellSuccessor tell:
                if (tell.Word == GenerationWord.Released) _successor?.AllowPassingOn();
                foreach (var message in Messages(tell.Word)) HandOver?.Say(message);
                break;
            case TakeBack:
                HandOver?.TakeBack();
                break;
            case ForgetSuccessor:
                _successor?.Forget();
                _successor = null;
                break;
        }
    }

    /// <summary>Has this process stay, where it is what a shell waits for, as long as the generations after it live.</summary>
    internal void StayInForeground()
    {
        if (_successor?.Process is { } process) ForegroundJob.StayFor(process, logger());
    }

    private ControlMessage[] Messages(GenerationWord word) => word switch
    {
        GenerationWord.TakeOver => LastWords(),
        GenerationWord.Released => [new ReleasedMessage()],
        GenerationWord.Stop => [new StopMessage()],
        _ => throw new ArgumentOutOfRangeException(nameof(word), word, "This is not said to the next generation."),
    };

    private ControlMessage[] LastWords()
    {
        var takeOver = new TakeOverMessage(question.TakeAnswer()); // before Passed is looked at: what comes later counts for nothing
        return question.Passed is { Count: > 0 } passed ? [new PassedStatesMessage(passed), takeOver] : [takeOver];
    }
}
