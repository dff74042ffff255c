using Endless.Http.Channels;
using Endless.Http.Sockets;

namespace Endless.Http.HandOver;

/// <summary>Whom a connection belongs to until the next generation has it.</summary>
internal interface IHandOverOrigin
{
    /// <summary>The server that accepted the connection, as the next generation knows it.</summary>
    ServerIdentity Identity { get; }

    /// <summary>The next generation has the connection; this process's descriptor of it is closed.</summary>
    void OnMoved(SocketConnection connection);

    /// <summary>The next generation did not take the connection: it is to be served here.</summary>
    void OnStayed(SocketConnection connection);
}
