using Endless.Http.Channels;
using Endless.Http.HandOver;
using Endless.Http.Spawning;

namespace Endless.Http.Generations;

/// <summary>One address of a server, as its generation sees it. Any thread, in any state.</summary>
internal interface IGenerationEndpoint : IHandOverTarget
{
    /// <summary>By what it is known in the generations before and after.</summary>
    ServerIdentity Identity { get; }

    /// <summary>What it listens on, to be inherited by the next generation; null if it does not listen, or no longer.</summary>
    ListenerDescriptor? Listener { get; }
}
