namespace Endless.Http;

/// <summary>
/// The state of a client connection, reported by <see cref="EndlessServer.ConnectionStateChanged"/>. Mirrors Go's <c>http.ConnState</c>.
/// </summary>
public enum ConnectionState
{
    /// <summary>Accepted, and no byte of a request has arrived yet. Goes on to <see cref="Active"/> or <see cref="Closed"/>.</summary>
    New,

    /// <summary>At least one byte of a request has arrived and the answer is not finished.</summary>
    Active,

    /// <summary>A request has been answered and the connection waits for the next one (keep-alive).</summary>
    Idle,

    /// <summary>A handler took the connection over. Final: a hijacked connection is never reported as <see cref="Closed"/>.</summary>
    Hijacked,

    /// <summary>Handed over, open, to the next generation. Final in this process.</summary>
    HandedOver,

    /// <summary>The connection is closed. Final.</summary>
    Closed,
}
