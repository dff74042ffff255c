using Endless.Http.Systemd;

namespace Endless.Http;

// What belongs to the process and not to one of its servers.
public sealed partial class EndlessServer
{
    private static readonly Lazy<Restart.Generation> ProcessGeneration = new(ComposeProcess);

    /// <summary>The process's generation, with all who are told of its life. Made with the first server; what a service manager said is taken out of the environment then.</summary>
    private static Restart.Generation ComposeProcess()
    {
        var generation = Restart.Generation.Current;
        var activation = SocketActivation.Take(generation.Host);
        generation.Activated = activation;
        generation.Observe(ServiceReporter.Create(generation, activation));
        return generation;
    }
}
