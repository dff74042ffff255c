using Endless.Http.Logging;
using Microsoft.Extensions.Logging;
using static Endless.Http.Generations.GenerationAction;

namespace Endless.Http.Generations;

/// <summary>Moves a generation's machine: one event at a time, on one thread, and each action in its order to the actors.</summary>
internal sealed class GenerationShell
{
    private readonly GenerationThread _thread;
    private readonly Func<GenerationTimer, TimeSpan> _times;
    private readonly Func<ILogger> _logger;
    private readonly List<IGenerationActor> _actors = [];
    private volatile GenerationState _state;
    private volatile TaskCompletionSource _ended = NewEnd();

    /// <summary>A machine that does not move before <see cref="Start"/>.</summary>
    /// <param name="initial">Its state.</param>
    /// <param name="times">How long each timer runs; for ever if infinite.</param>
    /// <param name="logger">Where it logs.</param>
    internal GenerationShell(GenerationState initial, Func<GenerationTimer, TimeSpan> times, Func<ILogger> logger)
    {
        _state = initial;
        _times = times;
        _logger = logger;
        _thread = new GenerationThread(Handle);
    }

    /// <summary>The state after the last event that was taken. Any thread.</summary>
    internal GenerationState State => _state;

    /// <summary>Completes when the servers have ended and so has every process that is to be seen to its end; with another server there is another end.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Called with an event before the machine takes it; false if it comes too late to be one. Set before <see cref="Start"/>.</summary>
    internal Func<GenerationEvent, bool>? Taking { get; set; }

    /// <inheritdoc cref="GenerationState.IsManaged"/>
    /// <remarks>Set before <see cref="Start"/>.</remarks>
    internal bool IsManaged
    {
        set => _state = _state with { IsManaged = value };
    }

    /// <summary>Adds an actor. Before <see cref="Start"/>.</summary>
    internal void Add(IGenerationActor actor) => _actors.Add(actor);

    /// <summary>Begins to take events.</summary>
    internal void Start() => _thread.Start();

    /// <inheritdoc cref="GenerationThread.Post"/>
    internal void Post(GenerationEvent happened) => _thread.Post(happened);

    /// <inheritdoc cref="GenerationThread.PostAndWait"/>
    internal void PostAndWait(GenerationEvent happened) => _thread.PostAndWait(happened);

    private void Handle(GenerationEvent happened)
    {
        if (Taking?.Invoke(happened) == false) return;
        var step = GenerationMachine.Next(_state, happened);
        if (step.State != _state) _logger().GenerationMoved(happened, _state, step.State);
        _state = step.State;
        foreach (var action in step.Actions)
        {
            if (action is StartTimer start) _thread.StartTimer(start.Timer, _times(start.Timer));
            else if (action is StopTimer stop) _thread.StopTimer(stop.Timer);
            else
                foreach (var actor in _actors) Do(actor, action);
        }
        if (_state.MayEnd) _ended.TrySetResult();
        else if (_ended.Task.IsCompleted) _ended = NewEnd();
    }

    /// <summary>Whatever an actor throws, the machine goes on: else both generations would serve for ever, and nothing say why.</summary>
    private void Do(IGenerationActor actor, GenerationAction action)
    {
        try
        {
            actor.Do(action);
        }
        catch (Exception e)
        {
            _logger().GenerationActionFailed(e, action.GetType().Name);
        }
    }

    private static TaskCompletionSource NewEnd() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
