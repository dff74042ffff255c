using Endless.Http.Restart;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Restart;

/// <summary>A server that only remembers what its generation told it.</summary>
internal sealed class FakeServer(ILogger logger) : IGenerationMember
{
    public ListenerDescriptor? Listener { get; set; }

    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(20);

    public SignalHooks SignalHooks { get; } = new();

    public ILogger? Logger => logger;

    public bool IsStopping { get; set; }

    public int Connections => 0;

    public List<bool> Drains { get; } = [];

    public void BeginDrain(bool handedOn) => Drains.Add(handedOn);

    public bool Hammer() => false;
}
