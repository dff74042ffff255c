using Endless.Http.Channels;
using Endless.Http.Logging;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Generations;

/// <summary>What the application is told of the generation before. Its handlers are its own code: one that throws is logged, and one that does not return is left behind. Thread-safe.</summary>
internal sealed class ApplicationEvents(bool hasPredecessor, IReadOnlyList<PassedState> passed, Func<ILogger> logger) : IGenerationObserver
{
    /// <summary>Connections wait for it that the generation before hands over, and so does that generation.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Dictionary<string, Action<ReadOnlyMemory<byte>>>? _arrived; // null until somebody registers: every start would load the types

    /// <summary>What parts of the application left, each under a name, as they last said.</summary>
    internal PassedOnStates Passed { get; } = new(passed);

    /// <summary>Completes when there is no generation before this one any more; at once if there was none.</summary>
    internal Task PredecessorGone => hasPredecessor ? _gone.Task : Task.CompletedTask;

    /// <summary>Raised when the generation before is gone.</summary>
    internal event EventHandler? PredecessorWentAway;

    /// <summary>Raised when the generation before has said again what it leaves.</summary>
    internal event EventHandler<ReadOnlyMemory<byte>>? StateArrived;

    void IGenerationObserver.PredecessorEnded()
    {
        _gone.TrySetResult();
        var handlers = PredecessorWentAway;
        if (handlers != null) _ = Call(() => handlers(null, EventArgs.Empty), nameof(EndlessProcess.PredecessorGone));
    }

    /// <summary>Tells of a state, and returns when the handlers have, or have had their time.</summary>
    internal void OnStateArrived(ReadOnlyMemory<byte> state)
    {
        var handlers = StateArrived;
        if (handlers is null) return;
        if (!Call(() => handlers(null, state), nameof(EndlessProcess.StateFromPreviousArrived)).Wait(Patience))
            logger().CallbackAbandoned(nameof(EndlessProcess.StateFromPreviousArrived), (long)Patience.TotalSeconds);
    }

    /// <summary>Has a part of the application told of what it left, when that is said again.</summary>
    internal void WhenArrived(string name, Action<ReadOnlyMemory<byte>> arrived)
    {
        lock (_lock) (_arrived ??= [])[name] = arrived;
    }

    /// <summary>Nobody is told any more of what was left under that name.</summary>
    internal void ForgetArrived(string name)
    {
        lock (_lock) _arrived?.Remove(name);
    }

    /// <summary>Tells the parts of the application of what they left, and returns when they have heard it, or have had their time.</summary>
    internal void OnPassedArrived(IReadOnlyList<PassedState> states)
    {
        Passed.Take(states);
        var calls = new List<Task>();
        foreach (var (name, state) in states)
        {
            Action<ReadOnlyMemory<byte>>? arrived = null;
            lock (_lock) _arrived?.TryGetValue(name, out arrived);
            if (arrived is not null) calls.Add(Call(() => arrived(state), $"{nameof(EndlessProcess.PassOn)} (\"{name}\")"));
        }
        if (!Task.WaitAll([.. calls], Patience)) logger().CallbackAbandoned(nameof(EndlessProcess.PassOn), (long)Patience.TotalSeconds);
    }

    private Task Call(Action handlers, string name) => ApplicationCallback.Start(handlers, name, logger);
}
