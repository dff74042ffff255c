using Endless.Http.Generations;

namespace Endless.Http.AspNetCore.Hosting;

/// <summary>The generation that a host's servers are in.</summary>
/// <param name="Current">The process's; null where there are no restarts.</param>
internal sealed record HostedGeneration(Generation? Current)
{
    private static readonly Lazy<HostedGeneration> Joined = new(Join);

    /// <summary>
    /// The process's, for a host: signals that stop are the host's own from now on, and an exception that ends this process before it is ready is told to the generation before. In a process that
    /// supervises this does not return.
    /// </summary>
    public static HostedGeneration OfProcess => Joined.Value;

    private static HostedGeneration Join()
    {
        EndlessProcess.RunAsPid1();
        var generation = ProcessComposition.Generation;
        generation.LeaveStopsToHost();
        StopSignals.Watch(generation);
        if (generation.Continues)
            AppDomain.CurrentDomain.UnhandledException += (_, e) => generation.FailStart(e.ExceptionObject is Exception exception ? ReasonOf(exception) : "it ended by an exception");
        return new HostedGeneration(generation);
    }

    /// <summary>An exception as the reason of a restart that failed.</summary>
    public static string ReasonOf(Exception exception) =>
        exception is AggregateException { InnerExceptions: [var only] } ? ReasonOf(only) : $"{exception.GetType().FullName}: {exception.Message}";
}
