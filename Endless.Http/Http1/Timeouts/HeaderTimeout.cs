using Endless.Http.Connections;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>When a header section that has begun must be complete (<see cref="EndlessServer.ReadHeaderTimeout"/>, Go's <c>ReadHeaderTimeout</c>), in milliseconds of <see cref="Connection.Now"/>. A mutable struct: a field of its owner.</summary>
/// <param name="connection">The connection.</param>
/// <param name="timeouts">The server's.</param>
internal struct HeaderTimeout(Connection connection, ProtocolTimeouts timeouts)
{
    private long _since;

    /// <summary>The deadline of the connection's first header section, which runs from the accept: also a client that sends nothing at all has no longer.</summary>
    public long First { get; } = connection.ReadDeadline is var first && first != Connection.NoDeadline ? first
        : timeouts.ReadHeader < 0 ? Connection.NoDeadline : connection.Now + timeouts.ReadHeader;

    /// <summary>When the rest of it must have come.</summary>
    /// <param name="isFirst">It is the connection's first.</param>
    public long Deadline(bool isFirst)
    {
        if (isFirst) return First;
        if (timeouts.ReadHeader < 0) return Connection.NoDeadline;
        if (_since == 0) _since = connection.Now;
        return _since + timeouts.ReadHeader;
    }

    /// <summary>When it began, as far as that is known: one that came whole began just now.</summary>
    /// <inheritdoc cref="Deadline"/>
    public readonly long Begin(bool isFirst)
    {
        if (isFirst && First != Connection.NoDeadline) return First - timeouts.ReadHeader;
        return _since != 0 ? _since : connection.Now;
    }

    /// <summary>The next one has its own time.</summary>
    public void Reset() => _since = 0;
}
