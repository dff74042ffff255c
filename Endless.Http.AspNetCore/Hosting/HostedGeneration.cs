using Endless.Http.Generations;

namespace Endless.Http.AspNetCore.Hosting;

/// <summary>The generation that a host's servers are in.</summary>
/// <param name="Current">The process's; null where there are no restarts.</param>
internal sealed record HostedGeneration(Generation? Current)
{
    private static readonly Lazy<HostedGeneration> Joined = new(Join);

    /// <summary>
    /// The process's, for a host: signals that stop are the host's own from now on. In a process that supervises this does not return.
    /// </summary>
    public static HostedGeneration OfProcess => Joined.Value;

    private static HostedGeneration Join()
    {
        EndlessProcess.RunAsPid1();
        var generation = ProcessComposition.Generation;
        generation.LeaveStopsToHost();
        StopSignals.Watch(generation);
        return new HostedGeneration(generation);
    }
}
