using Endless.Http.Signals;

namespace Endless.Http.Supervision;

/// <summary>How far the main process is.</summary>
internal enum MainPhase
{
    /// <summary>It has not said that it is ready, or is yet to be started.</summary>
    Starting,
    Serving,

    /// <summary>It has said that it ends of its own accord, or because it was told to.</summary>
    Stopping,
}

/// <summary>All that a supervisor knows. Immutable; times are in milliseconds of a clock that never goes back.</summary>
internal sealed record SupervisorState
{
    /// <summary>The newest generation; 0 between a crash and the next start, and after the end.</summary>
    public int Main { get; init; }

    public MainPhase Phase { get; init; }

    /// <summary>Since when the main process serves, while it does.</summary>
    public long ServingSince { get; init; }

    /// <summary>Every process that is or was the main one, or has claimed to be, and has not ended. The main one is among them.</summary>
    public IReadOnlyList<int> Generations { get; init; } = [];

    /// <summary>One of them served once: a crash before that is not worth another try.</summary>
    public bool HasServed { get; init; }

    public RestartPolicy Policy { get; init; }

    /// <summary>The main process restarts: there may be a generation that carries on without it.</summary>
    public bool IsRestarting { get; init; }

    /// <summary>A SIGHUP came before the main process could take it.</summary>
    public bool RestartWhenReady { get; init; }

    /// <summary>How the service was told to stop. From then on every generation that becomes known is told too.</summary>
    public HandledSignal? Stop { get; init; }

    /// <summary>The stop was typed: the main process is told at this time, if it has not said by then that it heard.</summary>
    public long? StopDue { get; init; }

    /// <summary>The program is started at this time.</summary>
    public long? StartDue { get; init; }

    /// <summary>Says of itself that it is the main process, while another one is; 0 for nobody.</summary>
    public int Claimant { get; init; }

    /// <summary>The other one is believed from this time on.</summary>
    public long? ClaimDue { get; init; }

    /// <summary>The last main process's, once there is to be no other.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Nothing is left to supervise. Orphans do not count: whoever left them behind has ended.</summary>
    public bool IsOver => ExitCode is not null && Generations.Count == 0;

    /// <summary>When <see cref="SupervisorEvent.Time"/> is waited for; null if it is not.</summary>
    public long? Due => Min(StartDue, Min(StopDue, ClaimDue));

    /// <summary>The program may take signals: before that, any would end it by its default action.</summary>
    public bool CanSignalMain => Main > 0 && Phase != MainPhase.Starting;

    private static long? Min(long? a, long? b) => a is null || b < a ? b : a;
}
