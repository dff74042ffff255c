using Endless.Http.Channels;
using Endless.Http.Sockets;

namespace Endless.Http.Spawning;

/// <summary>A listening socket on its way between generations: whose it is, by which the next generation asks for it, and the socket.</summary>
/// <remarks>Descriptor reuse: a stop may close the socket meanwhile. Enter before the number is used, and leave after that.</remarks>
internal sealed record ListenerDescriptor(ServerIdentity Server, ListenSocket Socket)
{
    /// <summary>The address as configured.</summary>
    public string Address => Server.Address;

    /// <summary>The descriptor's number. Only for whoever is inside.</summary>
    internal int Descriptor => Socket.Descriptor.Number;

    /// <summary>Goes inside, so that the descriptor stays open until <see cref="Leave"/>. False if it is closed.</summary>
    internal bool TryEnter() => Socket.Descriptor.TryEnter();

    /// <summary>Leaves, once for each <see cref="TryEnter"/> that was true.</summary>
    internal void Leave() => Socket.Descriptor.Leave();
}
