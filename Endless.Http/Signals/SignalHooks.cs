using Mono.Unix.Native;

namespace Endless.Http;

/// <summary>
/// What a server runs before and after each signal it handles: SIGHUP (restart), SIGTERM and SIGINT (drain and stop), SIGUSR2 (hammer a
/// draining server), SIGUSR1 and SIGTSTP (nothing of their own). Mirrors endless's <c>SignalHooks</c>. Thread-safe.
/// </summary>
/// <remarks>
/// Hooks run one after the other, in the order they were added, on a thread of their own; a signal that arrives meanwhile waits its turn. A hook
/// that throws is logged, and what the signal does is done all the same.
/// </remarks>
public sealed class SignalHooks
{
    private readonly SignalHookPhase _before = new();
    private readonly SignalHookPhase _after = new();

    internal SignalHooks() { }

    /// <summary>The hooks of one phase.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such phase.</exception>
    public SignalHookPhase this[SignalPhase phase] => phase switch
    {
        SignalPhase.PreSignal => _before,
        SignalPhase.PostSignal => _after,
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "There are two phases, PreSignal and PostSignal."),
    };

    /// <summary>The signals a server handles.</summary>
    public static IReadOnlyList<Signum> HandledSignals => Signals.HandledSignals.Numbers;
}
