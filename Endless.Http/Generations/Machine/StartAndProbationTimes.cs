using Endless.Http.Settings;

namespace Endless.Http.Generations;

/// <summary>How long each of a generation's timers runs: what its servers are set to, or what is long for a machine and short for a person.</summary>
internal sealed class StartAndProbationTimes(GenerationMembers members)
{
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Kill = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Charge = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    internal TimeSpan Of(GenerationTimer timer) => timer switch
    {
        GenerationTimer.State or GenerationTimer.Start => members.StartTimeout,
        GenerationTimer.Probation => members.Probation,
        GenerationTimer.HandOver => HandOver,
        GenerationTimer.LastWords => LastWords,
        GenerationTimer.Kill => Kill,
        // As long as its own restart may take at least; a probation that is longer is no time to restart in.
        GenerationTimer.Charge => members.StartTimeout is var start && start > Charge ? start : Charge,
        // As long as the next generation may drain, and it began a moment later.
        _ => members.HammerTime is var hammer && hammer < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : Allowed.ForTimer(hammer) + Farewell,
    };
}
