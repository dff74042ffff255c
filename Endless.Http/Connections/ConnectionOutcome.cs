namespace Endless.Http.Connections;

/// <summary>How a protocol engine left a connection.</summary>
internal enum ConnectionOutcome
{
    /// <summary>Done with it: the transport closes the socket.</summary>
    Close,

    /// <summary>At a request boundary after <see cref="LeaveRequest.HandOver"/>: the socket stays open and <see cref="Connection.Input"/> still holds what was read of the next request.</summary>
    HandOver,

    /// <summary>
    /// At a request boundary with nothing to do, where <see cref="Connection.WaitsWhileIdle"/>: the transport waits for bytes, for <see cref="Connection.ReadDeadline"/> or
    /// for a request to leave, and then calls the handler again. Nothing of the engine's flow is left meanwhile.
    /// </summary>
    Idle,

    /// <summary>A handler owns the connection now and closes it by <see cref="Connection.Close"/>.</summary>
    Hijacked,
}
