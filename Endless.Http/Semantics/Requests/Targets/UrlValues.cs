using System.Collections;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>
/// The keys and values of a query, in order, decoded. Keys compare with case. Mirrors Go's <c>url.Values</c>. Read-only.
/// </summary>
public sealed class UrlValues : IEnumerable<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _pairs;

    internal UrlValues(List<KeyValuePair<string, string>> pairs) => _pairs = pairs;

    /// <summary>Number of pairs.</summary>
    public int Count => _pairs.Count;

    /// <summary>The first value of a key, null if absent.</summary>
    public string? this[string key] => Get(key);

    /// <summary>The first value of a key, null if absent.</summary>
    public string? Get(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        foreach (var pair in _pairs)
            if (pair.Key == key) return pair.Value;
        return null;
    }

    /// <summary>Whether a key is there, with or without a value.</summary>
    public bool Has(string key) => Get(key) is not null;

    /// <summary>All values of a key, in order; empty if absent.</summary>
    public IReadOnlyList<string> Values(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return [.. _pairs.Where(p => p.Key == key).Select(p => p.Value)];
    }

    /// <summary>
    /// Takes <c>a=1&amp;b=2</c> apart: <c>+</c> and percent-encoding are decoded as UTF-8. As in Go, a pair that is malformed, or holds a semicolon, is left out.
    /// </summary>
    /// <param name="query">The query without its question mark.</param>
    public static UrlValues Parse(string query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var range in query.AsSpan().Split('&'))
        {
            var pair = query.AsSpan(range);
            if (pair.IsEmpty || pair.Contains(';')) continue;
            var equals = pair.IndexOf('=');
            var key = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? default : pair[(equals + 1)..];
            if (PercentEncoding.TryDecode(key, plusIsSpace: true, out var name) && PercentEncoding.TryDecode(value, plusIsSpace: true, out var text))
                pairs.Add(new(name, text));
        }
        return new UrlValues(pairs);
    }

    /// <summary>The pairs in order.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _pairs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
