using System.Collections;
using System.Globalization;
using Endless.Http.Semantics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Endless.Http.AspNetCore.Headers;

/// <summary>A section of the engine's as ASP.NET Core's dictionary of fields: names compare without case, and a field has all values of its lines.</summary>
/// <remarks>
/// Thin over the engine's lines, which are another request's afterwards: each operation enters the request first, and throws once that is over. Not a copy: most requests have one or two of their fields
/// read, and most responses set one or two.
/// </remarks>
internal abstract class FieldDictionary(FieldLines lines, Request request) : IHeaderDictionary
{
    /// <summary>The engine's lines. Only from inside.</summary>
    protected FieldLines Lines => lines;

    public StringValues this[string key]
    {
        get => TryGetValue(key, out var value) ? value : StringValues.Empty;
        set => Set(key, value);
    }

    StringValues IDictionary<string, StringValues>.this[string key]
    {
        get => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"The header has no field {key}.");
        set => Set(key, value);
    }

    public long? ContentLength
    {
        get => this["Content-Length"] is [{ } text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;
        set
        {
            if (value is < 0) throw new ArgumentOutOfRangeException(nameof(value), value, $"Invalid Content-Length: \"{value}\". Value must be a positive integral number.");
            Set("Content-Length", value is { } length ? length.ToString(CultureInfo.InvariantCulture) : StringValues.Empty);
        }
    }

    public int Count => Names().Count;

    public bool IsReadOnly => !MayChange;

    public ICollection<string> Keys => Names();

    public ICollection<StringValues> Values => [.. Names().Select(name => this[name])];

    /// <summary>The section can be changed still.</summary>
    protected abstract bool MayChange { get; }

    public bool TryGetValue(string key, out StringValues value)
    {
        ArgumentNullException.ThrowIfNull(key);
        Enter();
        try
        {
            return TryFind(key, out value);
        }
        finally
        {
            request.LeaveFields();
        }
    }

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public void Add(string key, StringValues value)
    {
        if (ContainsKey(key)) throw new ArgumentException("An item with the same key has already been added.");
        Set(key, value);
    }

    public void Add(KeyValuePair<string, StringValues> item) => Add(item.Key, item.Value);

    public bool Contains(KeyValuePair<string, StringValues> item) => TryGetValue(item.Key, out var value) && value == item.Value;

    public bool Remove(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        ThrowUnlessMutable();
        Enter();
        try
        {
            return lines.Remove(key);
        }
        finally
        {
            request.LeaveFields();
        }
    }

    public bool Remove(KeyValuePair<string, StringValues> item) => Contains(item) && Remove(item.Key);

    public void Clear()
    {
        ThrowUnlessMutable();
        Enter();
        lines.Clear();
        request.LeaveFields();
    }

    public void CopyTo(KeyValuePair<string, StringValues>[] array, int arrayIndex)
    {
        ArgumentNullException.ThrowIfNull(array);
        foreach (var field in this) array[arrayIndex++] = field;
    }

    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator()
    {
        foreach (var name in Names())
            if (TryGetValue(name, out var value)) yield return new(name, value);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A value as the application reads it. From inside.</summary>
    protected virtual string Read(string value) => value;

    /// <summary>A value as the engine takes it.</summary>
    /// <exception cref="InvalidOperationException">No field has such a value.</exception>
    protected virtual string Write(string name, string value) => value;

    private void Set(string key, StringValues value)
    {
        ThrowUnlessMutable();
        HeaderText.CheckName(key);
        Enter();
        try
        {
            // Checked before anything is changed.
            if (value.Count == 1)
            {
                if (value[0] is { } single) lines.Set(key, Write(key, single));
                else lines.Remove(key);
                return;
            }
            string?[] written = [.. value.Select(text => text is null ? null : Write(key, text))];
            lines.Remove(key);
            foreach (var text in written)
                if (text is not null) lines.Add(key, text);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidOperationException($"Invalid header {key}: {exception.Message}", exception);
        }
        finally
        {
            request.LeaveFields();
        }
    }

    private bool TryFind(string key, out StringValues value)
    {
        value = StringValues.Empty;
        var found = false;
        for (var i = 0; i < lines.Fields.Length; i++)
        {
            if (lines.Fields[i].IsSuppressed || !lines.IsNamed(i, key)) continue;
            var text = Read(lines.ValueAt(i));
            value = found ? StringValues.Concat(value, text) : text;
            found = true;
        }
        return found;
    }

    /// <summary>The names, each once and as its first line has it.</summary>
    private List<string> Names()
    {
        Enter();
        try
        {
            var names = new List<string>(lines.Count);
            for (var i = 0; i < lines.Fields.Length; i++)
            {
                if (lines.Fields[i].IsSuppressed) continue;
                var name = FieldNames.Usual(lines.NameAt(i));
                if (!names.Contains(name, StringComparer.OrdinalIgnoreCase)) names.Add(name);
            }
            return names;
        }
        finally
        {
            request.LeaveFields();
        }
    }

    private void ThrowUnlessMutable()
    {
        if (!MayChange) throw new InvalidOperationException("Headers are read-only, response has already started.");
    }

    private void Enter()
    {
        if (!request.TryEnterFields()) throw request.Late("Headers");
    }
}
