using System.IO.Compression;
using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>What <see cref="Middleware.Compress"/> compresses, and how. Read when the middleware is made.</summary>
public sealed class CompressOptions
{
    /// <summary>The content codings, the best first: <c>zstd</c>, <c>br</c>, <c>gzip</c>, which is the default.</summary>
    public IList<string> Codings { get; } = ["zstd", "br", "gzip"];

    /// <summary>
    /// The media types, <c>text/*</c> for a kind and <c>*+json</c> for a suffix. By default text, JSON, XML, JavaScript, WebAssembly, SVG and uncompressed fonts and images. Pictures, films and archives are
    /// compressed already: it would cost time and save nothing.
    /// </summary>
    public IList<string> Types { get; } =
    [
        "text/*", "application/json", "*+json", "application/x-ndjson", "application/jsonl", "application/xml", "*+xml", "application/javascript", "application/wasm", "application/manifest+json",
        "font/ttf", "font/otf", "application/vnd.ms-fontobject", "image/bmp", "image/x-icon", "image/vnd.microsoft.icon",
    ];

    /// <summary>Bytes below which a body is sent as it is, 1,024 by default: it would not get smaller in packets.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or above 64 KiB.</exception>
    public int MinBytes { get; set => field = Allowed.ZeroOrMore(value, 64 * 1024); } = 1024;

    /// <summary>Speed or size: <see cref="CompressionLevel.Fastest"/> by default (gzip 1, br 1, zstd 1), <see cref="CompressionLevel.Optimal"/> (6, 4, 3) or <see cref="CompressionLevel.SmallestSize"/> (9, 11, 19), which is for what is made once.</summary>
    public CompressionLevel Level { get; set; } = CompressionLevel.Fastest;

    /// <summary>Whether the response to a request may be compressed; it may be where this is null, the default. Called when the response begins, for those that would be. For BREACH: false for pages that hold secrets beside text of the client's.</summary>
    public Func<Request, bool>? ShouldCompress { get; set; }
}
