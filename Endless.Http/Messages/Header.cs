using System.Collections;

namespace Endless.Http;

/// <summary>
/// The fields of a header or trailer section, in order (RFC 9110 section 5). Names compare without case. Mirrors Go's <c>http.Header</c>. Not thread-safe.
/// </summary>
public sealed class Header : IEnumerable<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _fields = [];

    /// <summary>Number of field lines.</summary>
    public int Count => _fields.Count;

    /// <summary>The first value of a field, null if absent. Setting replaces all its lines; null removes them.</summary>
    public string? this[string name]
    {
        get => Get(name);
        set
        {
            if (value is null) Remove(name);
            else Set(name, value);
        }
    }

    /// <summary>The first value of a field, null if absent.</summary>
    public string? Get(string name)
    {
        foreach (var field in _fields)
            if (field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) return field.Value;
        return null;
    }

    /// <summary>Replaces all lines of a field with one.</summary>
    public void Set(string name, string value)
    {
        Remove(name);
        Add(name, value);
    }

    /// <summary>Adds a line to a field.</summary>
    public void Add(string name, string value) => _fields.Add(new(name, value));

    /// <summary>Removes all lines of a field. True if there was one. Go's <c>Del</c>.</summary>
    public bool Remove(string name) => _fields.RemoveAll(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) > 0;

    /// <summary>Removes every field.</summary>
    public void Clear() => _fields.Clear();

    /// <summary>All values of a field, in order; empty if absent.</summary>
    public IReadOnlyList<string> Values(string name) =>
        [.. _fields.Where(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(f => f.Value)];

    /// <summary>The field lines in order.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
