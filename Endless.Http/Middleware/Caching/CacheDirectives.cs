using System.Globalization;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>The Cache-Control directives of a message (RFC 9111 section 5.2) that a shared cache acts on.</summary>
internal readonly record struct CacheDirectives
{
    private const long Longest = int.MaxValue; // section 1.2.2

    /// <summary>Nothing of it is stored.</summary>
    public bool NoStore { get; private init; }

    /// <summary>Not without asking the handler.</summary>
    public bool NoCache { get; private init; }

    /// <summary>For one user alone.</summary>
    public bool Private { get; private init; }

    /// <summary>For all, even where it was asked for with credentials.</summary>
    public bool Public { get; private init; }

    /// <summary>Only what is stored.</summary>
    public bool OnlyIfCached { get; private init; }

    /// <summary>Never stale.</summary>
    public bool MustRevalidate { get; private init; }

    /// <summary>Seconds; null if it is not said. Zero where it cannot be read: what is invalid is stale.</summary>
    public long? MaxAge { get; private init; }

    /// <summary>The same for shared caches.</summary>
    public long? SharedMaxAge { get; private init; }

    /// <summary>Seconds for which it is to be fresh still.</summary>
    public long? MinFresh { get; private init; }

    /// <summary>Seconds for which a stale answer serves while another is on its way (RFC 5861).</summary>
    public long? StaleWhileRevalidate { get; private init; }

    /// <summary>Reads the field's lines.</summary>
    public static CacheDirectives Parse(IReadOnlyList<string> lines)
    {
        var directives = new CacheDirectives();
        Span<char> buffer = stackalloc char[32];
        foreach (var line in lines)
        {
            foreach (var element in FieldList.Elements(line))
            {
                var equals = element.IndexOf('=');
                var name = (equals < 0 ? element : element[..equals]).Trim();
                var value = equals < 0 ? default : element[(equals + 1)..].Trim().Trim('"');
                if (name.Length > buffer.Length) continue;
                directives = buffer[..name.ToLowerInvariant(buffer)] switch
                {
                    "no-store" => directives with { NoStore = true },
                    "no-cache" => directives with { NoCache = true }, // that of some fields only (no-cache="Set-Cookie") too: it is safe
                    "private" => directives with { Private = true },
                    "public" => directives with { Public = true },
                    "only-if-cached" => directives with { OnlyIfCached = true },
                    "must-revalidate" or "proxy-revalidate" => directives with { MustRevalidate = true },
                    "max-age" => directives with { MaxAge = Least(directives.MaxAge, value) },
                    "s-maxage" => directives with { SharedMaxAge = Least(directives.SharedMaxAge, value) },
                    "min-fresh" => directives with { MinFresh = Seconds(value) },
                    "stale-while-revalidate" => directives with { StaleWhileRevalidate = Seconds(value) },
                    _ => directives,
                };
            }
        }
        return directives;
    }

    // Said twice, the stricter counts (section 4.2.1).
    private static long Least(long? before, ReadOnlySpan<char> value) => Math.Min(before ?? Longest, Seconds(value));

    private static long Seconds(ReadOnlySpan<char> value) =>
        value.IsEmpty || value.ContainsAnyExceptInRange('0', '9') ? 0 : long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? Math.Min(seconds, Longest) : Longest;
}
