using Endless.Http.Channels;
using Endless.Http.HandOver;

namespace Endless.Http.Generations;

/// <summary>The restarts of a generation, and the one that follows it: the actors that ask for its state, start it, speak to it and answer for it. Thread-safe.</summary>
internal sealed class GenerationSuccession
{
    /// <summary>For the application's last word. The process is about to end, and its connections have.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly GenerationContext _context;
    private readonly StateQuestion _question;
    private readonly SuccessorActor _successor;
    private readonly RestartAttempts _attempts;
    private readonly Announcer _announcer;

    internal GenerationSuccession(GenerationContext context)
    {
        _context = context;
        _question = new StateQuestion(context.Shell.Post, () => context.Logger);
        _successor = new SuccessorActor(context.Host, context.Loops, _question, () => context.Members.Listeners, NextInfo, context.Shell.Post, () => context.Logger);
        var texts = new RestartTexts(() => _successor.Successor, context.PredecessorName, () => context.Members.StartTimeout, () => BeganAt);
        _attempts = new RestartAttempts(context.Info, texts, context.Observers, () => context.Logger);
        _announcer = new Announcer(context.Observers, () => _successor.Successor, () => BeganAt, () => context.Logger);
        context.Shell.Taking = Take;
    }

    /// <inheritdoc cref="StateQuestion.StateToNext"/>
    internal Func<ReadOnlyMemory<byte>>? StateToNext
    {
        get => _question.StateToNext;
        set => _question.StateToNext = value;
    }

    /// <summary>What the application is asked for the next generation.</summary>
    internal StateQuestion Question => _question;

    /// <summary>The starter of the first generation may wait for its process, not for the service; a service manager does not. Set before the first server listens.</summary>
    internal bool MayBeForegroundJob { get; set; }

    /// <summary>Does with a connection of its own what a restart will do with the clients'.</summary>
    internal RehearsalActor Rehearsal { get; } = new();

    /// <inheritdoc cref="RehearsalActor.Rehearsed"/>
    internal Task Rehearsed => Rehearsal.Rehearsed;

    /// <summary>Restarts that succeeded, from the first generation on.</summary>
    internal int Restarts => _attempts.Restarts;

    /// <summary>Restarts that failed, from the first generation on.</summary>
    internal int Failures => _attempts.Failures;

    /// <summary>There is a next generation, or is to be one.</summary>
    internal bool IsUnderWay => _context.Shell.State.Successor != SuccessorPhase.None;

    /// <summary>The next generation has the service.</summary>
    internal bool IsDone => _context.Shell.State.Successor == SuccessorPhase.InCharge;

    /// <summary>What goes to the next generation; null if there is no way to it.</summary>
    internal HandOverSender? HandOver => _successor.HandOver;

    /// <summary>Has the machine move them, in the order in which they are to act.</summary>
    internal void AddActors()
    {
        foreach (var actor in (IGenerationActor[])[_attempts, _announcer, Rehearsal, _successor]) _context.Shell.Add(actor);
    }

    /// <summary>Starts the next generation and, once it is trusted, drains the servers of this one.</summary>
    internal Task<RestartResult> RestartAsync()
    {
        var answer = RestartAsker.NewAnswer();
        _context.Shell.Post(new GenerationEvent.RestartAsked(new RestartAsker(IsSignal: false, answer)));
        return answer.Task;
    }

    /// <summary>Passes on to the next generation, if it has the service, the state as the last requests here have changed it.</summary>
    internal async Task LeaveStateAsync()
    {
        if (!IsDone) return;
        var passing = _question.AskPassedLastAsync();
        var state = await _question.AskLastAsync(Patience).ConfigureAwait(false);
        if (await passing.ConfigureAwait(false) is { Count: > 0 } passed) HandOver?.Say(new PassedStatesMessage(passed));
        if (state is { } last) HandOver?.Say(new StateMessage(last));
    }

    /// <summary>Says to the next generation, if there is one, what is left for it under a name: now, and not when the application is asked next.</summary>
    internal void Say(string name, ReadOnlyMemory<byte> state) => HandOver?.Say(new PassedStatesMessage([new PassedState(name, state)]));

    /// <summary>Waits until all that was to be said to the next generation has been sent, at most so long.</summary>
    internal void Flush(TimeSpan patience) => HandOver?.Flush(patience);

    /// <inheritdoc cref="RehearsalActor.Begin"/>
    internal void Rehearse() => Rehearsal.Begin();

    /// <summary>The last server has ended.</summary>
    internal void End()
    {
        _announcer.End();
        if (MayBeForegroundJob && !_context.Continues && IsDone) _successor.StayInForeground();
    }

    private long BeganAt => _attempts.Last?.BeganAt ?? 0;

    /// <summary>Race: an asker is noted before the machine says what comes of the restart; an answer of the application counts only while the machine waits for it.</summary>
    private bool Take(GenerationEvent happened)
    {
        if (happened is GenerationEvent.RestartAsked { Asker: { } asker }) _attempts.Add(asker);
        return happened switch
        {
            GenerationEvent.StateGiven given => _question.IsAwaited(given.Question),
            GenerationEvent.StateRefused refused => _question.IsAwaited(refused.Question),
            _ => true,
        };
    }

    private GenerationInfo NextInfo() => new(_context.Info.Number + 1, Restarts + 1, Failures, default);
}
