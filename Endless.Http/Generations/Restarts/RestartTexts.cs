using System.Diagnostics;

namespace Endless.Http.Generations;

/// <summary>What is said of restarts that fail, do not begin or begin later: sentences without a full stop, for logs and answers.</summary>
/// <param name="successor">The next generation; null if there is none.</param>
/// <param name="before">The generation before, in words.</param>
/// <param name="startTimeout">How long a start may take.</param>
/// <param name="beganAt">When the last attempt began, in ticks of <see cref="Stopwatch"/>.</param>
internal sealed class RestartTexts(Func<Successor?> successor, string before, Func<TimeSpan> startTimeout, Func<long> beganAt)
{
    internal Successor? Successor => successor();

    internal string Of(Refusal refusal) => refusal switch
    {
        Refusal.UnderWay => $"a restart is already under way: {Next} has been starting for {Stopwatch.GetElapsedTime(beganAt()).TotalSeconds:F1} s",
        Refusal.TakingOver => $"{Next} is taking over; it is the one to restart, as soon as it has",
        Refusal.TakenOver => $"{Next} has taken over; it is the one to restart",
        Refusal.OnProbation => $"{before} has not left the service to this one in time; SIGHUP tries again",
        Refusal.StartFailed => "this generation could not start",
        _ => "this process is stopping",
    };

    internal string Of(Postponement postponement) => postponement switch
    {
        Postponement.NotReady => "this generation is not ready itself; it restarts as soon as it is",
        Postponement.OnProbation => $"{before} still watches this one; it restarts as soon as the service is its own",
        _ => "the process of the last restart has not ended; the next restart begins as soon as it has",
    };

    internal string Of(RestartFailure failure) => (failure.Cause switch
    {
        FailureCause.State => $"StateToNext failed: {failure.Detail}",
        FailureCause.Closed => $"{Process} closed its control channel, and was killed",
        FailureCause.Nonsense => $"{Process} does not speak the control protocol ({failure.Detail}) and was killed",
        FailureCause.Late => $"{Process} was not ready within {startTimeout().TotalSeconds:0.###} s and was killed{Waiting}",
        FailureCause.Deaf => $"{Process} did not take the connections that it was given, and was killed",
        FailureCause.Stopped => "this process was told to stop",
        _ => failure.Detail ?? "nothing is known of it",
    }).TrimEnd('.'); // it is told in sentences that go on, and may be the message of an exception

    private string Waiting => Successor?.WaitsFor is { Length: > 0 } what ? $"; it was waiting for {what}" : "";

    private string Process => $"the new process (pid {Successor?.ProcessId})";

    private string Next => Successor is { ProcessId: > 0 } next ? $"generation {next.Number} (pid {next.ProcessId})" : "the next generation";
}
