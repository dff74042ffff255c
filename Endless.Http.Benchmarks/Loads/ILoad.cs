using System.Net;

namespace Endless.Http.Benchmarks.Loads;

/// <summary>What puts requests to a server and counts the answers.</summary>
internal interface ILoad
{
    /// <summary>How it is called in the notes of a table: connections and what they do.</summary>
    string Description { get; }

    /// <summary>What belongs to the load but not to its figures: connections that are only there. Disposed of after the run.</summary>
    Task<IDisposable?> PrepareAsync(IPEndPoint server) => Task.FromResult<IDisposable?>(null);

    /// <exception cref="InvalidOperationException">The load's program is missing, or met an error: a figure with errors in it would say nothing.</exception>
    Task<Measurement> RunAsync(IPEndPoint server, TimeSpan duration);

    /// <summary>Adds the times that <see cref="RunAsync"/> could not take without disturbing what it measures. Outside the measurement of CPU time.</summary>
    Task<Measurement> AddTimesAsync(IPEndPoint server, Measurement measurement) => Task.FromResult(measurement);
}
