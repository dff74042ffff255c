using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>What <see cref="Middleware.Decompress"/> lets in. Read when the middleware is made.</summary>
public sealed class DecompressOptions
{
    /// <summary>Bytes that a body may have when it is decoded, 16 MiB by default. What comes over the connection is bounded by the server's limit besides.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public long MaxBytes { get; set => field = Allowed.OneOrMore(value); } = 16 * 1024 * 1024;

    /// <summary>How many times what came a body may be when it is decoded, 100 by default, looked at once it is larger than 1 MiB: text is seldom above 20, and deflate can be 1,032.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int MaxRatio { get; set => field = Allowed.OneOrMore(value, int.MaxValue); } = 100;
}
