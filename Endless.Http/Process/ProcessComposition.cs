using Endless.Http.Control;
using Endless.Http.Metrics;
using Endless.Http.Operations;
using Endless.Http.Serving;
using Endless.Http.Spawning;
using Endless.Http.Supervision;
using Endless.Http.Systemd;

namespace Endless.Http;

// In the library's own namespace: one named Endless.Http.Process would hide System.Diagnostics.Process from everything in Endless.Http.*.

/// <summary>The process's one generation, with all who are told of its life: the only place where they meet.</summary>
internal static class ProcessComposition
{
    private static readonly Lazy<Generations.Generation> Composed = new(Compose);

    /// <summary>Made by the first use; what a service manager said is taken out of the environment then. Does not return where this process supervises: its child runs the program.</summary>
    internal static Generations.Generation Generation => Composed.Value;

    private static Generations.Generation Compose()
    {
        var generation = Generations.Generation.Current;
        if (Supervisor.IsWanted(generation.Host)) Environment.Exit(Supervisor.Run((LinuxProcessHost)generation.Host));
        // Else the generation before would know no more than that this process has ended.
        if (generation.HasPredecessor) AppDomain.CurrentDomain.UnhandledException += (_, e) => generation.FailStart((Exception)e.ExceptionObject);
        var activation = SocketActivation.Take(generation.Host);
        generation.Sockets.Activated = activation;
        var reporter = ServiceReporter.Create(generation, activation);
        generation.IsManaged = reporter != null;
        generation.Succession.MayBeForegroundJob = reporter is null;
        generation.Observe(reporter);
        generation.AcquirePidFile = new ControlFiles(generation).Acquire;
        generation.Succession.Rehearsal.Rehearsal = () => RestartRehearsal.Run(generation.Loops, generation.Logger);
        generation.Figures.CountersToNext = () => CounterSnapshot.Encode(GenerationMetrics.Collect(generation), generation.Figures.History.Rows());
        generation.Figures.DiagnosticsLibrary.WhenLoaded(() => generation.Figures.Meter = new ServerMeter(generation));
        return generation;
    }
}
