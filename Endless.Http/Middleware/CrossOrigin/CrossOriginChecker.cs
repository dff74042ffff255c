using System.Collections.Frozen;
using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>Tells whether a request was made by a page of another site. Immutable.</summary>
internal sealed class CrossOriginChecker
{
    private readonly FrozenSet<string> _trusted;
    private readonly Func<Request, bool>? _bypass;

    public CrossOriginChecker(CrossOriginProtectionOptions options)
    {
        foreach (var origin in options.TrustedOrigins)
            if (origin is null || !TryGetHost(origin, out var host) || host.IsEmpty)
                throw new ArgumentException($"\"{origin}\" is no origin: give \"scheme://host\", with a port where it is not the scheme's, and nothing behind it.", nameof(options));
        _trusted = FrozenSet.ToFrozenSet(options.TrustedOrigins, StringComparer.Ordinal);
        _bypass = options.InsecureBypass;
    }

    /// <summary>Whether it is to be refused.</summary>
    public bool IsForged(Request r)
    {
        if (r.Method is "GET" or "HEAD" or "OPTIONS") return false;
        switch (r.Header["Sec-Fetch-Site"])
        {
            case "same-origin" or "none":
                return false;
            case null or "":
                break;
            default:
                return !IsExempt(r);
        }
        // Old browsers, and what is none. Whether it was http or https that the page came by is not known here: HSTS is against that.
        if (r.Header["Origin"] is not { Length: > 0 } origin) return false;
        return !(TryGetHost(origin, out var host) && host.SequenceEqual(r.Host)) && !IsExempt(r);
    }

    private bool IsExempt(Request r) => _bypass?.Invoke(r) == true || _trusted.Contains(r.Header["Origin"] ?? "");

    /// <summary>The host and port of <c>scheme://host[:port]</c>; false for anything else.</summary>
    private static bool TryGetHost(string origin, out ReadOnlySpan<char> host)
    {
        host = default;
        var end = origin.IndexOf("://", StringComparison.Ordinal);
        if (end <= 0 || !char.IsAsciiLetter(origin[0]) || !Ascii.IsValid(origin)) return false;
        foreach (var c in origin.AsSpan(0, end))
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.')) return false;
        host = origin.AsSpan(end + 3);
        return Authority.IsValid(Encoding.ASCII.GetBytes(origin, end + 3, origin.Length - end - 3), out _);
    }
}
