using Endless.Http.Channels;
using Endless.Http.Sockets;

namespace Endless.Http.HandOver;

/// <summary>A server as who hands connections over to it sees it. Any thread, in any state.</summary>
internal interface IHandOverTarget
{
    /// <summary>The predecessor's server whose connections this server takes.</summary>
    ServerIdentity Predecessor { get; }

    /// <summary>
    /// Takes in a connection of the previous generation, to be started when that generation has been told. Null if it refused; the descriptor is this server's in either case, also if
    /// it throws.
    /// </summary>
    SocketConnection? Adopt(HandedConnection connection, int descriptor);
}
