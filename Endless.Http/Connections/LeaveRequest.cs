namespace Endless.Http.Connections;

/// <summary>What the restart code asks of a connection when its generation is leaving.</summary>
internal enum LeaveRequest
{
    /// <summary>Nothing: serve on.</summary>
    None,

    /// <summary>Finish what has begun, tell the client with the next response that the connection ends, and end it.</summary>
    Drain,

    /// <summary>At the next request boundary, stop reading and leave the open connection, with its unread bytes, for the next generation.</summary>
    HandOver,
}
