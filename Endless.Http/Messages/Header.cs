using System.Buffers;
using System.Collections;
using System.Text;
using Endless.Http.Messages;
using Endless.Http.Transport;

namespace Endless.Http;

/// <summary>
/// The fields of a header or trailer section, in order (RFC 9110 section 5). Names compare without case. Mirrors Go's <c>http.Header</c>. Not thread-safe.
/// </summary>
/// <remarks>
/// A value is ISO 8859-1: each character is one byte of the message. What a client could use to end a line early cannot get in:
/// a name must be a token, and a value holds neither control characters nor characters above U+00FF.
/// </remarks>
public sealed class Header : IEnumerable<KeyValuePair<string, string>>
{
    /// <summary>Room for what most messages have. Arrays of this length are the thread's own (<see cref="ThreadArrays{T}"/>).</summary>
    private const int UsualRoom = 16;

    // Searched from the front, without a hash: sections are short, and names that collide in a hash cost an attacker nothing to make.
    private Field[] _fields = [];
    private int _used;
    private int _lines;
    private byte[] _bytes = [];
    private bool _shared;

    /// <summary>Number of field lines.</summary>
    public int Count => _lines;

    /// <summary>Another one after each change of the section.</summary>
    internal int Version { get; private set; }

    /// <summary>
    /// The first value of a field, null if absent. Setting replaces all its lines. Setting null removes them, and in a response also keeps the server
    /// from adding a field of this name by itself (<c>Content-Type</c>, <c>Date</c>), as a nil value does in Go; <see cref="Remove"/> does not.
    /// </summary>
    /// <exception cref="ArgumentException">The name is no token, or the value holds a control character or one above U+00FF.</exception>
    public string? this[string name]
    {
        get => Get(name);
        set
        {
            if (value is not null)
            {
                Set(name, value);
                return;
            }
            FieldGrammar.CheckName(name);
            Remove(name);
            Append(new Field { Name = name, IsSuppressed = true, Known = KnownFields.Recognise(name) });
        }
    }

    /// <summary>The first value of a field, null if absent.</summary>
    public string? Get(string name)
    {
        for (var i = 0; i < _used; i++)
            if (!_fields[i].IsSuppressed && IsNamed(i, name)) return ValueAt(i);
        return null;
    }

    /// <summary>Replaces all lines of a field with one.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public void Set(string name, string value)
    {
        var known = Check(name, ref value);
        if (_used > 0) Remove(name);
        Append(new Field { Name = name, Value = value, Known = known });
    }

    /// <summary>Adds a line to a field.</summary>
    /// <exception cref="ArgumentException">The name is no token, or the value holds a control character or one above U+00FF.</exception>
    public void Add(string name, string value)
    {
        var known = Check(name, ref value);
        Append(new Field { Name = name, Value = value, Known = known });
    }

    /// <summary>Removes all lines of a field. True if there was one. Go's <c>Del</c>.</summary>
    public bool Remove(string name)
    {
        var kept = 0;
        var removed = 0;
        for (var i = 0; i < _used; i++)
        {
            if (IsNamed(i, name))
            {
                Version++;
                Own();
                if (!_fields[i].IsSuppressed) removed++;
            }
            else
            {
                if (kept != i) _fields[kept] = _fields[i];
                kept++;
            }
        }
        Truncate(kept);
        _lines -= removed;
        return removed > 0;
    }

    /// <summary>Removes every field.</summary>
    public void Clear()
    {
        if (_used == 0) return;
        Version++;
        if (_shared)
        {
            // A snapshot keeps the old array.
            _fields = [];
            _shared = false;
            _used = 0;
        }
        Array.Clear(_fields, 0, _used);
        _used = _lines = 0;
        // A section of unusual size does not stay with the connection.
        if (_fields.Length > 64) Release();
    }

    /// <summary>All values of a field, in order; empty if absent.</summary>
    public IReadOnlyList<string> Values(string name)
    {
        List<string>? values = null;
        for (var i = 0; i < _used; i++)
            if (!_fields[i].IsSuppressed && IsNamed(i, name)) (values ??= []).Add(ValueAt(i));
        return values ?? (IReadOnlyList<string>)[];
    }

    /// <summary>The field lines in order.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<KeyValuePair<string, string>> IEnumerable<KeyValuePair<string, string>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Empties the section and has its slices point into <paramref name="bytes"/>, which must stay as they are until the next call.</summary>
    internal void Attach(byte[] bytes)
    {
        Clear();
        _bytes = bytes;
    }

    /// <summary>Adds a line whose name and value are slices of the attached bytes, already checked. They become strings when somebody asks for them.</summary>
    internal void AddSlice(int nameStart, int nameLength, int valueStart, int valueLength, KnownField known) =>
        Append(new Field { NameStart = nameStart, NameLength = nameLength, ValueStart = valueStart, ValueLength = valueLength, Known = known });

    /// <summary>Adds a line that is already checked.</summary>
    internal void AddReceived(string name, string value, KnownField known) => Append(new Field { Name = name, Value = value, Known = known });

    /// <summary>The fields, suppressed ones among them, as they are now: a later change goes to a copy.</summary>
    internal ReadOnlyMemory<Field> Snapshot()
    {
        _shared = true;
        return _fields.AsMemory(0, _used);
    }

    /// <summary>The fields as they are now, suppressed ones among them, until the next change.</summary>
    internal ReadOnlySpan<Field> Fields => _fields.AsSpan(0, _used);

    /// <summary>
    /// Gives the array of an empty section back to its pool. For a section of the server's own, while no handler may use it: what a handler that stayed behind adds after
    /// that goes into another array, and what it reads is nobody else's, since an array goes back empty.
    /// </summary>
    internal void Release()
    {
        if (_used > 0 || _shared || _fields.Length == 0) return;
        GiveBack(_fields);
        _fields = [];
    }

    /// <summary>Drops what a <see cref="Snapshot"/> was for, so that the array can be used again.</summary>
    internal void ReleaseSnapshot() => _shared = false;

    /// <summary>The value of a field of <see cref="Fields"/> as received.</summary>
    internal ReadOnlySpan<byte> ValueBytes(in Field field) => _bytes.AsSpan(field.ValueStart, field.ValueLength);

    private static KnownField Check(string name, ref string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        // A field that the server knows has a name that is a token.
        var known = KnownFields.Recognise(name);
        if (known == KnownField.Other) FieldGrammar.CheckName(name);
        value = FieldGrammar.CheckValue(value);
        return known;
    }

    private bool IsNamed(int index, string name)
    {
        ref readonly var field = ref _fields[index];
        return field.Name is { } text
            ? text.Equals(name, StringComparison.OrdinalIgnoreCase)
            : field.NameLength == name.Length && Ascii.EqualsIgnoreCase(_bytes.AsSpan(field.NameStart, field.NameLength), name);
    }

    private string NameAt(int index)
    {
        ref var field = ref _fields[index];
        return field.Name ??= Encoding.Latin1.GetString(_bytes, field.NameStart, field.NameLength);
    }

    private string ValueAt(int index)
    {
        ref var field = ref _fields[index];
        return field.Value ??= Encoding.Latin1.GetString(_bytes, field.ValueStart, field.ValueLength);
    }

    private void Append(in Field field)
    {
        Version++;
        Own();
        if (_used == _fields.Length) Grow();
        _fields[_used++] = field;
        if (!field.IsSuppressed) _lines++;
    }

    private void Grow()
    {
        var fields = _fields;
        Replace(_used * 2);
        if (fields.Length == 0) return;
        Array.Clear(fields);
        GiveBack(fields);
    }

    private void Own()
    {
        if (!_shared) return;
        // Not given back: the snapshot has the old array.
        Replace(_used);
        _shared = false;
    }

    private void Replace(int room)
    {
        var fields = room > UsualRoom ? ArrayPool<Field>.Shared.Rent(room) : ThreadArrays<Field>.TryRent() ?? new Field[UsualRoom];
        _fields.AsSpan(0, _used).CopyTo(fields);
        _fields = fields;
    }

    /// <summary>Lets an empty array go.</summary>
    private static void GiveBack(Field[] fields)
    {
        if (fields.Length > UsualRoom) ArrayPool<Field>.Shared.Return(fields);
        else ThreadArrays<Field>.TryReturn(fields);
    }

    private void Truncate(int used)
    {
        Array.Clear(_fields, used, _used - used);
        _used = used;
    }

    /// <summary>Walks the field lines in order without allocating.</summary>
    public struct Enumerator : IEnumerator<KeyValuePair<string, string>>
    {
        private readonly Header _header;
        private int _index;

        internal Enumerator(Header header)
        {
            _header = header;
            _index = -1;
        }

        /// <inheritdoc/>
        public readonly KeyValuePair<string, string> Current => new(_header.NameAt(_index), _header.ValueAt(_index));

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            do _index++;
            while (_index < _header._used && _header._fields[_index].IsSuppressed);
            return _index < _header._used;
        }

        /// <inheritdoc/>
        public void Reset() => _index = -1;

        /// <inheritdoc/>
        public readonly void Dispose() { }
    }

    /// <summary>One line: strings where a handler gave them or asked for them, else slices of the bytes received.</summary>
    internal struct Field
    {
        public string? Name;
        public string? Value;
        public int NameStart;
        public int NameLength;
        public int ValueStart;
        public int ValueLength;
        public KnownField Known;
        public bool IsSuppressed;
    }
}
