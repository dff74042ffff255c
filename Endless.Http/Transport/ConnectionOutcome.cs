namespace Endless.Http.Transport;

/// <summary>How a protocol engine left a connection.</summary>
internal enum ConnectionOutcome
{
    /// <summary>Done with it: the transport closes the socket.</summary>
    Close,

    /// <summary>At a request boundary after <see cref="LeaveRequest.HandOver"/>: the socket stays open and <see cref="Connection.Input"/> still holds what was read of the next request.</summary>
    HandOver,

    /// <summary>A handler owns the connection now and closes it by <see cref="Connection.Close"/>.</summary>
    Hijacked,
}
