namespace Endless.Http.Generations;

/// <summary>Who asked for a restart and is told what comes of it.</summary>
/// <param name="IsSignal">A signal: a restart refused or postponed is logged, since nobody hears the answer.</param>
/// <param name="Answers">Those who wait.</param>
internal sealed record RestartAsker(bool IsSignal, params TaskCompletionSource<RestartResult>[] Answers)
{
    /// <summary>One who waits. It goes on elsewhere than on the generation's thread.</summary>
    internal static TaskCompletionSource<RestartResult> NewAnswer() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
