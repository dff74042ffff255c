using System.Collections.Frozen;
using System.Globalization;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary><see cref="CorsOptions"/>, checked and ready to be asked. Immutable.</summary>
internal sealed class CorsPolicy
{
    // Longer than a name of DNS with scheme and port: no browser sends that.
    private const int LongestOrigin = 300;

    private readonly FrozenSet<string> _origins;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _originSpans;
    private readonly bool _hasSubdomains;
    private readonly Func<string, bool>? _isAllowed;
    private readonly FrozenSet<string> _methods;
    private readonly FrozenSet<string> _headers;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _headerSpans;

    public CorsPolicy(CorsOptions options)
    {
        AllowsAll = options.Origins.Contains("*");
        foreach (var origin in options.Origins) Check(origin, options);
        foreach (var name in options.Methods) CheckToken(name, options, nameof(options.Methods));
        foreach (var name in options.Headers) CheckToken(name, options, nameof(options.Headers));
        foreach (var name in options.ExposedHeaders) CheckToken(name, options, nameof(options.ExposedHeaders));
        _origins = FrozenSet.ToFrozenSet(options.Origins, StringComparer.OrdinalIgnoreCase);
        _originSpans = _origins.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var origin in options.Origins) _hasSubdomains |= origin.Contains("://*.", StringComparison.Ordinal);
        _isAllowed = options.IsAllowed;
        _methods = FrozenSet.ToFrozenSet(options.Methods, StringComparer.Ordinal);
        _headers = FrozenSet.ToFrozenSet(options.Headers, StringComparer.OrdinalIgnoreCase);
        _headerSpans = _headers.GetAlternateLookup<ReadOnlySpan<char>>();
        Methods = string.Join(", ", options.Methods);
        Headers = options.Headers.Count > 0 ? string.Join(", ", options.Headers) : null;
        Exposed = options.ExposedHeaders.Count > 0 ? string.Join(", ", options.ExposedHeaders) : null;
        MaxAge = ((long)options.MaxAge.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        Credentials = options.Credentials;
        PrivateNetwork = options.PrivateNetwork;
    }

    /// <summary>Everybody may read: the answer does not depend on the origin.</summary>
    public bool AllowsAll { get; }

    /// <summary>The methods, as the field says them.</summary>
    public string Methods { get; }

    /// <summary>The request fields, as the field says them; null for none.</summary>
    public string? Headers { get; }

    /// <summary>The response fields, as the field says them; null for none.</summary>
    public string? Exposed { get; }

    /// <summary>Seconds.</summary>
    public string MaxAge { get; }

    /// <inheritdoc cref="CorsOptions.Credentials"/>
    public bool Credentials { get; }

    /// <inheritdoc cref="CorsOptions.PrivateNetwork"/>
    public bool PrivateNetwork { get; }

    /// <summary>Whether an origin may read.</summary>
    public bool Allows(string origin)
    {
        if (AllowsAll) return true;
        if (origin.Length > LongestOrigin) return false;
        if (_origins.Contains(origin) || (_hasSubdomains && IsBelow(origin))) return true;
        return _isAllowed is not null && _isAllowed(origin);
    }

    /// <summary>Whether a script may use a method. Those that a form can use need no leave.</summary>
    public bool AllowsMethod(string method) => _methods.Contains(method) || _methods.Contains("*") || method is "GET" or "HEAD" or "POST";

    /// <summary>Whether a script may send all the fields of a list.</summary>
    public bool AllowsHeaders(IReadOnlyList<string> lists)
    {
        var allowsAny = _headers.Contains("*");
        foreach (var list in lists)
        {
            foreach (var name in FieldList.Elements(list))
            {
                if (name.IsEmpty || _headerSpans.Contains(name)) continue;
                if (!allowsAny || name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)) return false;
            }
        }
        return true;
    }

    // One look for each label of the host: the number of origins does not matter.
    private bool IsBelow(string origin)
    {
        var start = origin.IndexOf("://", StringComparison.Ordinal) + 3;
        // Host confusion: in "https://evil.example/.app.example" the host ends at the slash.
        if (start < 3 || origin.AsSpan(start).IndexOfAnyExcept(HostChars) >= 0) return false;
        Span<char> pattern = stackalloc char[LongestOrigin + 1];
        origin.AsSpan(0, start).CopyTo(pattern);
        pattern[start] = '*';
        for (var dot = origin.IndexOf('.', start); dot >= 0; dot = origin.IndexOf('.', dot + 1))
        {
            if (dot == start) return false;
            var rest = origin.AsSpan(dot);
            rest.CopyTo(pattern[(start + 1)..]);
            if (_originSpans.Contains(pattern[..(start + 1 + rest.Length)])) return true;
        }
        return false;
    }

    private static readonly System.Buffers.SearchValues<char> HostChars = System.Buffers.SearchValues.Create("-.:0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

    private static void Check(string origin, CorsOptions options)
    {
        ArgumentNullException.ThrowIfNull(origin, nameof(CorsOptions.Origins));
        if (origin == "*")
        {
            if (options.Credentials) throw new ArgumentException("Credentials do not go with the origin \"*\": every page of the web could read what your users see. Name the origins.", nameof(CorsOptions.Origins));
            if (options.Origins.Count > 1) throw new ArgumentException("The origin \"*\" is for everybody: the others beside it say nothing.", nameof(CorsOptions.Origins));
            return;
        }
        if (!IsOrigin(origin.Replace("://*.", "://a.", StringComparison.Ordinal)))
            throw new ArgumentException($"\"{origin}\" is no origin: give scheme and host as a browser sends them, \"https://app.example\" or \"https://*.app.example\", without a slash at the end and without the scheme's own port.", nameof(CorsOptions.Origins));
    }

    private static bool IsOrigin(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && origin.Equals($"{uri.Scheme}://{uri.Authority}", StringComparison.OrdinalIgnoreCase) && !origin.Contains('*');

    private static void CheckToken(string name, CorsOptions options, string property)
    {
        if (name is null || !FieldGrammar.IsToken(name.AsSpan())) throw new ArgumentException($"\"{name}\" is no name: it is a token (RFC 9110 section 5.6.2).", property);
        if (name == "*" && options.Credentials) throw new ArgumentException($"With credentials browsers take \"*\" in {property} for a name: list the names.", property);
    }
}
