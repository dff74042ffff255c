using System.Collections.Concurrent;
using System.IO.Compression;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>What is compressed, and the encoders. Thread-safe.</summary>
internal sealed class Compression
{
    private readonly string[] _codings;
    private readonly HashSet<string> _types = new(StringComparer.OrdinalIgnoreCase);
    private readonly string[] _kinds; // text/
    private readonly string[] _suffixes; // +json
    private readonly CompressionLevel _level;
    private readonly ConcurrentBag<BodyEncoder> _spare = []; // of those that can be used again

    public Compression(CompressOptions options)
    {
        _codings = [.. options.Codings];
        if (_codings.Length == 0) throw new ArgumentException("CompressOptions.Codings is empty: leave the middleware out where nothing is to be compressed.", nameof(options));
        foreach (var coding in _codings)
            if (coding is not ("zstd" or "br" or "gzip")) throw new ArgumentException($"\"{coding}\" in CompressOptions.Codings is none of zstd, br and gzip.", nameof(options));
        var (kinds, suffixes) = (new List<string>(), new List<string>());
        foreach (var type in options.Types)
        {
            if (type.EndsWith("/*", StringComparison.Ordinal)) kinds.Add(type[..^1]);
            else if (type.StartsWith('*')) suffixes.Add(type[1..]);
            else _types.Add(type);
        }
        (_kinds, _suffixes) = ([.. kinds], [.. suffixes]);
        (_level, MinBytes, ShouldCompress) = (options.Level, options.MinBytes, options.ShouldCompress);
    }

    public int MinBytes { get; }

    public Func<Request, bool>? ShouldCompress { get; }

    /// <summary>The coding for a client; null for none.</summary>
    public string? Choose(Request r) => r.Header["Accept-Encoding"] is null ? null : AcceptEncoding.Choose(r.Header.Values("Accept-Encoding"), _codings);

    /// <summary>Whether a Content-Type is one of those that get smaller.</summary>
    public bool Gets(ReadOnlySpan<char> contentType)
    {
        if (!MediaType.TryParse(contentType, out var type)) return false;
        if (_types.GetAlternateLookup<ReadOnlySpan<char>>().Contains(type.Name)) return true;
        foreach (var kind in _kinds)
            if (type.Name.StartsWith(kind, StringComparison.OrdinalIgnoreCase)) return true;
        foreach (var suffix in _suffixes)
            if (type.HasSuffix(suffix)) return true;
        return false;
    }

    /// <summary>An encoder for one body; to be given back, or disposed of.</summary>
    public BodyEncoder Rent(string coding)
    {
        if (coding == "gzip") return new GzipEncoder(_level);
        if (coding == "br") return new BrotliBodyEncoder(_level);
        return _spare.TryTake(out var spare) ? spare : new ZstdEncoder(_level);
    }

    /// <summary>Nobody uses an encoder any more. Only one that has finished its body.</summary>
    public void Return(BodyEncoder encoder)
    {
        // Zlib's and Brotli's state cannot be begun anew through .NET: some 270 KB of native memory are allocated for each body, which malloc keeps at hand.
        if (encoder.IsReusable && _spare.Count < Environment.ProcessorCount * 2) _spare.Add(encoder);
        else encoder.Dispose();
    }
}
