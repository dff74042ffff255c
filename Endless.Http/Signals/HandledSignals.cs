using Mono.Unix.Native;

namespace Endless.Http.Signals;

/// <summary>The signals that a server handles.</summary>
internal static class HandledSignals
{
    /// <summary>For the library itself.</summary>
    internal static HandledSignal[] All { get; } =
        [HandledSignal.SIGHUP, HandledSignal.SIGUSR1, HandledSignal.SIGUSR2, HandledSignal.SIGINT, HandledSignal.SIGTERM, HandledSignal.SIGTSTP];

    /// <summary>For the user.</summary>
    internal static IReadOnlyList<Signum> Numbers => Made.Numbers;

    /// <summary>Made when somebody asks: see <see cref="HandledSignal"/>.</summary>
    private static class Made
    {
        internal static readonly IReadOnlyList<Signum> Numbers = Array.AsReadOnly(Array.ConvertAll(All, signal => (Signum)(int)signal));
    }
}
