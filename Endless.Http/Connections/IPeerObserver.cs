namespace Endless.Http.Connections;

/// <summary>Who wants to know that the peer of a connection is gone (<see cref="Connection.Observe"/>).</summary>
internal interface IPeerObserver
{
    /// <summary>The peer closed its side, or the connection broke. Runs on the event loop, or on the thread that aborts the connection, and must not block.</summary>
    void OnPeerClosed();
}
