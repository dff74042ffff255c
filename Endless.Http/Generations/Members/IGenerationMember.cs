using Endless.Http.Connections;
using Endless.Http.HandOver;
using Endless.Http.Status;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Generations;

/// <summary>A server as its generation sees it. Each method returns soon and may be called from any thread, in any state.</summary>
internal interface IGenerationMember
{
    /// <summary>Its addresses, of which there is at least one.</summary>
    IReadOnlyList<IGenerationEndpoint> Endpoints { get; }

    /// <summary>It was told to stop, and no next generation serves its address; it may still be accepting.</summary>
    bool IsStopping { get; }

    /// <summary>Its open connections.</summary>
    int Connections { get; }

    /// <summary>Those connections.</summary>
    IReadOnlyList<Connection> OpenConnections { get; }

    /// <summary>What it has counted.</summary>
    ServerCounters Counters { get; }

    /// <summary>How many of its connections are in which state.</summary>
    IReadOnlyDictionary<ConnectionState, int> States { get; }

    /// <summary>What it tells of itself.</summary>
    MemberStatus Status { get; }

    /// <summary>How long it gives the next generation; infinite if negative.</summary>
    TimeSpan StartTimeout { get; }

    /// <summary>What it runs around signals.</summary>
    SignalHooks SignalHooks { get; }

    /// <summary>Where it wants things logged; null for the default.</summary>
    ILogger? Logger { get; }

    /// <summary>How long it watches the next generation before it relies on it.</summary>
    TimeSpan Probation { get; }

    /// <summary>How long a drain takes at most; for ever if negative.</summary>
    TimeSpan HammerTime { get; }

    /// <summary>Stops accepting for now. Connections are served on.</summary>
    void Pause();

    /// <summary>Accepts again after <see cref="Pause"/>.</summary>
    void Resume();

    /// <summary>Has the connections that can go to the next generation go there, each between two requests. Nothing drains.</summary>
    void HandOver(HandOverSender sender);

    /// <summary>Undoes <see cref="HandOver"/> for those that have not gone: they are served on.</summary>
    void TakeBack();

    /// <summary>
    /// Stops accepting and drains. With <paramref name="hasSuccessor"/> the next generation serves its address; connections that can go there go by
    /// <paramref name="handOver"/>, null if there is no such way.
    /// </summary>
    void BeginDrain(bool hasSuccessor, HandOverSender? handOver = null);

    /// <summary>Ends a drain at once. False if it is not draining.</summary>
    bool Hammer();
}
