namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Compresses responses for clients that accept it (RFC 9110 section 8.4): with zstd, br or gzip, in this order where the client likes them the same. Only what a type says is text, and 1 KiB of it or more; never what is encoded already, a
    /// part of something (206), or marked <c>no-transform</c>. Where the answer depends on Accept-Encoding, Vary says so; an ETag becomes a weak one, and Content-Length goes. A flush sends what was written so far.
    /// Within what caches, outside of what signs or counts bodies.
    /// </summary>
    /// <remarks>BREACH: the length of a compressed response over TLS tells secrets in it (a CSRF token) to whoever can have it repeat text of theirs (a search term). Leave such responses out by <see cref="CompressOptions.ShouldCompress"/>.</remarks>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">A coding is not known.</exception>
    public static MiddlewareFunc Compress(CompressOptions? options = null)
    {
        var compression = new Compression(options ?? new CompressOptions());
        return next => new CompressHandler(next, compression);
    }
}
