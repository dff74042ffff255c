namespace Endless.Http.Semantics;

/// <summary>
/// How many bytes of a request's body are let in: what the server allows (<see cref="EndlessServer.MaxRequestBodyBytes"/>), or less where its handler is stricter
/// (<see cref="Request.MaxBodyBytes"/>). What is larger is answered with 413 (RFC 9110 section 15.5.14). A mutable struct: a field of its body.
/// </summary>
/// <param name="server">What the server allows; -1 for any length.</param>
internal struct BodyLimit(long server)
{
    private readonly long _server = server;
    private long _bytes = server;

    /// <summary>The limit in bytes; -1 for none. Setting it cannot allow more than the server does; negative is the server's limit again.</summary>
    public long Bytes
    {
        readonly get => _bytes;
        set => _bytes = value < 0 ? _server : _server < 0 ? value : Math.Min(value, _server);
    }

    /// <summary>Whether so many bytes may come behind others.</summary>
    /// <param name="more">0 or more; -1 for a length that is not known.</param>
    /// <param name="before">How many came before, all of them allowed then: the limit may be lower since.</param>
    public readonly bool Allows(long more, long before = 0) => _bytes < 0 || more <= _bytes - before; // no sum, which could overflow

    /// <summary>What a read of a body that is larger throws.</summary>
    public readonly MaxBytesException Exceeded() => new(_bytes);
}
