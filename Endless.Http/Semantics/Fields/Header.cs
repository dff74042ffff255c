using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>
/// The fields of a header or trailer section, in order (RFC 9110 section 5). Names compare without case. Mirrors Go's <c>http.Header</c>.
/// </summary>
/// <remarks>
/// <para>A value is ISO 8859-1: each character is one byte of the message. What a client could use to end a line early cannot get in:
/// a name must be a token, and a value holds neither control characters nor characters above U+00FF.</para>
/// <para>Not thread-safe. Changing a section while it is enumerated makes the enumeration throw, as .NET's collections do. The section of a request or a response lives as long as that: when the handler is
/// done, every member throws <see cref="InvalidOperationException"/>; values that were read before stay what they are.</para>
/// </remarks>
public sealed class Header : IEnumerable<KeyValuePair<string, string>>
{
    private readonly FieldLines _lines;
    private readonly Request? _request;

    /// <summary>An empty section that belongs to no request.</summary>
    public Header() : this(new FieldLines(), request: null) { }

    /// <summary>A face of a request's or a response's section, for as long as that lives.</summary>
    internal Header(FieldLines lines, Request? request)
    {
        _lines = lines;
        _request = request;
    }

    /// <summary>Number of field lines.</summary>
    public int Count
    {
        get
        {
            Enter();
            var count = _lines.Count;
            Leave();
            return count;
        }
    }

    /// <summary>The first value of a field, null if absent. Setting replaces all its lines; <see cref="Remove"/> removes them, and <see cref="Suppress"/> keeps the server from adding the field by itself.</summary>
    /// <exception cref="ArgumentNullException">What is set is null.</exception>
    /// <inheritdoc cref="Add" path="/exception"/>
    [DisallowNull]
    public string? this[string name]
    {
        get => Get(name);
        set => Set(name, value);
    }

    /// <summary>The first value of a field, null if absent.</summary>
    public string? Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Enter();
        var value = _lines.Get(name);
        Leave();
        return value;
    }

    /// <summary>Replaces all lines of a field with one.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public void Set(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ThrowIfNull(name, value);
        Enter();
        try
        {
            _lines.Set(name, value);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Adds a line to a field.</summary>
    /// <exception cref="ArgumentException">The name is no token, or the value holds a control character or one above U+00FF.</exception>
    public void Add(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ThrowIfNull(name, value);
        Enter();
        try
        {
            _lines.Add(name, value);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Removes all lines of a field. True if there was one. Go's <c>Del</c>.</summary>
    public bool Remove(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Enter();
        var removed = _lines.Remove(name);
        Leave();
        return removed;
    }

    /// <summary>
    /// Removes all lines of a field and, in a response, keeps the server from adding one of this name by itself (<c>Content-Type</c>, <c>Date</c>), which after <see cref="Remove"/> it does. A field that is
    /// set or added afterwards is sent. What frames a message (<c>Content-Length</c>, <c>Transfer-Encoding</c>, <c>Connection</c>) is the server's to say in any case. A nil value in Go's map.
    /// </summary>
    /// <exception cref="ArgumentException">The name is no token.</exception>
    public void Suppress(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Enter();
        try
        {
            _lines.Suppress(name);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Removes every field.</summary>
    public void Clear()
    {
        Enter();
        _lines.Clear();
        Leave();
    }

    /// <summary>All values of a field, in order; empty if absent. A copy: later changes of the section do not show in it.</summary>
    public IReadOnlyList<string> Values(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Enter();
        var values = _lines.Values(name);
        Leave();
        return values;
    }

    /// <summary>The field lines in order.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<KeyValuePair<string, string>> IEnumerable<KeyValuePair<string, string>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Has the lines of another section in place of its own, those that are suppressed among them.</summary>
    internal void CopyFrom(Header other)
    {
        other.Enter();
        try
        {
            Enter();
            _lines.Clear();
            _lines.CopyFrom(other._lines);
            Leave();
        }
        finally
        {
            other.Leave();
        }
    }

    private static void ThrowIfNull(string name, [NotNull] string? value)
    {
        if (value is null) throw new ArgumentNullException(nameof(value), $"A field has a value, be it empty. Remove(\"{name}\") removes the field; Suppress(\"{name}\") keeps the server from adding it.");
    }

    private void Enter()
    {
        if (_request is { } request && !request.TryEnterFields()) throw request.Late("Header");
    }

    private void Leave() => _request?.LeaveFields();

    /// <summary>Walks the field lines in order.</summary>
    public struct Enumerator : IEnumerator<KeyValuePair<string, string>>
    {
        private readonly Header _header;
        private readonly int _version;
        private int _next;

        internal Enumerator(Header header)
        {
            _header = header;
            header.Enter();
            _version = header._lines.Version;
            header.Leave();
        }

        /// <inheritdoc/>
        public KeyValuePair<string, string> Current { readonly get; private set; }

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        /// <exception cref="InvalidOperationException">The section was changed since the enumeration began.</exception>
        public bool MoveNext()
        {
            _header.Enter();
            try
            {
                var lines = _header._lines;
                if (lines.Version != _version) throw new InvalidOperationException("The section was changed while it was enumerated. Enumerate a copy (ToArray()) to change it on the way.");
                while (_next < lines.Fields.Length && lines.Fields[_next].IsSuppressed) _next++;
                if (_next == lines.Fields.Length)
                {
                    Current = default;
                    return false;
                }
                Current = new(lines.NameAt(_next), lines.ValueAt(_next));
                _next++;
                return true;
            }
            finally
            {
                _header.Leave();
            }
        }

        /// <inheritdoc/>
        public void Reset() => _next = 0;

        /// <inheritdoc/>
        public readonly void Dispose() { }
    }
}
