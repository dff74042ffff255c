namespace Endless.Http.AspNetCore;

/// <summary>
/// This process as one in a row of generations, for the services of an application: registered as a singleton by <c>UseEndless</c>, <c>UseEndlessRestarts</c> and <c>AddEndless</c>. Thread-safe.
/// </summary>
/// <remarks>
/// In a restart two generations live at once. The old one, once the new one is ready and has outlived its probation: <see cref="Superseded"/> fires, and its callbacks are waited for; the services of
/// <c>AddEndlessSingleActive</c> stop; then <c>ApplicationStopping</c> fires, and the application ends as after SIGTERM, while its connections go to the new generation or finish what they have begun.
/// </remarks>
public interface IEndlessLifetime
{
    /// <summary>Which generation this process is: 1 for the first, one more with each restart. 1 where restarts are not possible.</summary>
    int Generation { get; }

    /// <summary>
    /// Fires when the next generation has outlived its probation: this one never accepts again. Background work that must not run twice stops here. What a callback does is waited for, before
    /// <c>ApplicationStopping</c>; callbacks are called one after the other. Never fires for a restart that fails, nor at a stop.
    /// </summary>
    CancellationToken Superseded { get; }

    /// <summary>Fires when this generation begins to end: with <see cref="Superseded"/>, or at a stop with <c>ApplicationStopping</c>.</summary>
    CancellationToken Draining { get; }

    /// <summary>Completes when the process of the generation before this one is gone; at once in the first.</summary>
    Task PredecessorGone { get; }

    /// <summary>Restarts as SIGHUP does, and says what came of it: completes when the new generation has outlived its probation, or with the reason why this one serves on. See <see cref="EndlessProcess.RestartAsync"/>.</summary>
    Task<RestartResult> RestartAsync();
}
