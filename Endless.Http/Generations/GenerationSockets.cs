using Endless.Http.Channels;
using Endless.Http.Draining;
using Endless.Http.Logging;
using Endless.Http.Sockets;
using Endless.Http.Spawning;

namespace Endless.Http.Generations;

/// <summary>The listening sockets of a generation: those that were passed to its process, by the generation before or by whoever started it, and those that it passes on. Thread-safe.</summary>
internal sealed class GenerationSockets(GenerationContext context)
{
    /// <summary>Where its UNIX sockets are found.</summary>
    internal SocketFiles Files { get; } = new(context.Host);

    /// <summary>Listeners that somebody else than a generation before this one made; null for none. Set before the first server listens.</summary>
    internal IActivatedSockets? Activated { get; set; }

    /// <summary>What its servers listen on.</summary>
    internal IReadOnlyList<ListenerDescriptor> Listeners => context.Members.Listeners;

    /// <inheritdoc cref="GenerationMembers.Room"/>
    internal RoomMaker Room => context.Members.Room;

    /// <summary>Every listener that was inherited has its server.</summary>
    internal bool AreClaimed => context.Inheritance.Unclaimed.Count == 0;

    /// <summary>Servers of the predecessor that this generation does not have.</summary>
    internal IReadOnlyList<ServerIdentity> Dropped { get; private set; } = [];

    /// <summary>The inherited listener of a server, owned by the caller from now on; null if it is to be bound anew.</summary>
    /// <param name="server">The server.</param>
    /// <param name="address">Its address.</param>
    /// <param name="predecessor">The server of the generation before that had the listener; the server itself if none had.</param>
    internal int? Claim(ServerIdentity server, ListenAddress address, out ServerIdentity predecessor) =>
        context.Inheritance.Claim(server, context.Members.Of(server.Address), out predecessor) ?? Activated?.Claim(server, address);

    /// <inheritdoc cref="IActivatedSockets.IsActivated"/>
    internal bool IsActivated(string address) => Activated?.IsActivated(address) ?? false;

    /// <summary>Logs what was wrong with those that were passed.</summary>
    internal void LogComplaints()
    {
        foreach (var wrong in Activated?.Complaints ?? []) context.Logger.ServiceManagerComplaint(wrong);
    }

    /// <summary>Closes what no server has claimed.</summary>
    internal void DropUnclaimed()
    {
        Dropped = context.Inheritance.DropUnclaimed();
        foreach (var server in Dropped)
            context.Logger.AddressDropped(server.Address);
    }
}
