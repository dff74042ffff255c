namespace Endless.Http.Semantics;

/// <summary>Times after which a connection is given up, in milliseconds; -1 for never. Resolved: each fallback is already applied.</summary>
internal sealed record ProtocolTimeouts
{
    public const long DefaultLinger = 500;

    /// <summary>From the first byte of a request (or the accept) to the end of its header section. Go's ReadHeaderTimeout.</summary>
    public long ReadHeader { get; init; } = -1;

    /// <summary>From the first byte of a request (or the accept) to the end of its body. Go's ReadTimeout.</summary>
    public long Read { get; init; } = -1;

    /// <summary>From the end of the request's header section to the end of the response. Go's WriteTimeout.</summary>
    public long Write { get; init; } = -1;

    /// <summary>Between two requests of a connection. Go's IdleTimeout.</summary>
    public long Idle { get; init; } = -1;

    /// <summary>
    /// How long an idle connection of a draining generation is kept, so that a request under way to it is not met by a close. Set to 0 by a stop without a successor, before connections are
    /// asked to leave; each reads it then.
    /// </summary>
    public long DrainGrace { get => Volatile.Read(ref field); set => Volatile.Write(ref field, value); } = 5_000;

    /// <summary>How long a connection stays half-closed after a last response, so that the client reads that response before a reset. Go's rstAvoidanceDelay.</summary>
    public long Linger { get; init; } = DefaultLinger;

    /// <summary>How long a response is held back while what its handler left of a request is read and thrown away. Kestrel's figure.</summary>
    public long Discard { get; init; } = 5_000;
}
