namespace Endless.Http.Connections;

/// <summary>What a listener gives its connections to. The transport calls it, and knows nothing else of what lies above.</summary>
internal interface IConnectionHandler
{
    /// <summary>
    /// A connection was accepted (or adopted from the previous generation). Called on the acceptor's thread before any event of the
    /// connection: must not block. Returns false to refuse it; it is then closed at once.
    /// </summary>
    bool OnAccepted(Connection connection);

    /// <summary>
    /// A listener cannot accept for want of descriptors or memory, and so many wait. How many connections that do nothing were asked to end for them (<see cref="Connection.AskForRoom"/>).
    /// Any thread; must not block.
    /// </summary>
    int MakeRoom(int count) => 0;

    /// <summary>
    /// Serves the connection to its end, or until it is idle. Called on the connection's own loop, when its first bytes (or its end, or its
    /// <see cref="Connection.ReadDeadline"/>) have arrived: a connection that says nothing costs no engine. After <see cref="ConnectionOutcome.Idle"/> called again
    /// when there is something to look at. Must not throw.
    /// </summary>
    ValueTask<ConnectionOutcome> ServeAsync(Connection connection);

    /// <summary>
    /// The connection left the engine. With <see cref="ConnectionOutcome.Close"/> its socket is already closed. Never with <see cref="ConnectionOutcome.Idle"/>. Called exactly once
    /// for each accepted connection, on any thread; also for one that ended before <see cref="ServeAsync"/>.
    /// </summary>
    void OnEnded(Connection connection, ConnectionOutcome outcome);
}
