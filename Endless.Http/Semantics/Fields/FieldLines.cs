using System.Buffers;
using System.Text;
using Endless.Http.Buffers;

namespace Endless.Http.Semantics;

/// <summary>
/// The lines of a header or trailer section, in order: what a <see cref="Header"/> is a face of. An engine has one for each direction, and uses it again for the next request.
/// </summary>
/// <remarks>For one flow at a time; of a request's, only for who is inside it (Request.Lifetime.cs).</remarks>
internal sealed class FieldLines
{
    /// <summary>Room for what most messages have. Arrays of this length are the thread's own (<see cref="ThreadArrays{T}"/>).</summary>
    private const int UsualRoom = 16;

    // Searched from the front, without a hash: sections are short, and names that collide in a hash cost an attacker nothing to make.
    private FieldLine[] _fields = [];
    private int _used;
    private int _lines;
    private byte[] _bytes = [];
    private bool _shared;

    /// <summary>Number of field lines.</summary>
    public int Count => _lines;

    /// <summary>No value has a byte beyond ASCII. One look where the lines are slices of a message: all of them lie between the first name and the last value.</summary>
    public bool IsAscii
    {
        get
        {
            if (_used == 0) return true;
            ref readonly var last = ref _fields[_used - 1];
            if (_bytes.Length > 0 && last.NameLength > 0 && _fields[0].NameLength > 0) return Ascii.IsValid(_bytes.AsSpan(_fields[0].NameStart..(last.ValueStart + last.ValueLength)));
            for (var i = 0; i < _used; i++)
                if (!Ascii.IsValid(ValueAt(i))) return false;
            return true;
        }
    }

    /// <summary>Another one after each change of the section.</summary>
    public int Version { get; private set; }

    /// <summary>Removes a field, and keeps the server from adding one of this name by itself.</summary>
    /// <exception cref="ArgumentException">The name is no token.</exception>
    public void Suppress(string name)
    {
        FieldGrammar.CheckName(name);
        Remove(name);
        Append(new FieldLine { Name = name, IsSuppressed = true, Known = KnownFields.Recognise(name) });
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
        Append(new FieldLine { Name = name, Value = value, Known = known });
    }

    /// <summary>Adds a line to a field.</summary>
    /// <exception cref="ArgumentException">The name is no token, or the value holds a control character or one above U+00FF.</exception>
    public void Add(string name, string value)
    {
        var known = Check(name, ref value);
        Append(new FieldLine { Name = name, Value = value, Known = known });
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

    /// <summary>Empties the section and has its slices point into <paramref name="bytes"/>, which must stay as they are until the next call.</summary>
    public void Attach(byte[] bytes)
    {
        Clear();
        _bytes = bytes;
    }

    /// <summary>Adds a line whose name and value are slices of the attached bytes, already checked. They become strings when somebody asks for them.</summary>
    public void AddSlice(int nameStart, int nameLength, int valueStart, int valueLength, KnownField known) =>
        Append(new FieldLine { NameStart = nameStart, NameLength = nameLength, ValueStart = valueStart, ValueLength = valueLength, Known = known });

    /// <summary>Adds a line that is already checked.</summary>
    public void AddReceived(string name, string value, KnownField known) => Append(new FieldLine { Name = name, Value = value, Known = known });

    /// <summary>Takes over the lines of another section, in an empty one.</summary>
    public void CopyFrom(FieldLines section)
    {
        Version++;
        if (section._used > _fields.Length) Replace(section._used);
        section.Fields.CopyTo(_fields);
        (_used, _lines, _bytes) = (section._used, section._lines, section._bytes);
    }

    /// <summary>The fields, suppressed ones among them, as they are now: a later change goes to a copy.</summary>
    public ReadOnlyMemory<FieldLine> Snapshot()
    {
        _shared = true;
        return _fields.AsMemory(0, _used);
    }

    /// <summary>The fields as they are now, suppressed ones among them, until the next change.</summary>
    public ReadOnlySpan<FieldLine> Fields => _fields.AsSpan(0, _used);

    /// <summary>Gives the array of an empty section back to its pool, while no handler may use it.</summary>
    public void Release()
    {
        if (_used > 0 || _shared || _fields.Length == 0) return;
        GiveBack(_fields);
        _fields = [];
    }

    /// <summary>Drops what a <see cref="Snapshot"/> was for, so that the array can be used again.</summary>
    public void ReleaseSnapshot() => _shared = false;

    /// <summary>The value of a field of <see cref="Fields"/> as received.</summary>
    public ReadOnlySpan<byte> ValueBytes(in FieldLine field) => _bytes.AsSpan(field.ValueStart, field.ValueLength);

    private static KnownField Check(string name, ref string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        // A field that the server knows has a name that is a token.
        var known = KnownFields.Recognise(name);
        if (known == KnownField.Other) FieldGrammar.CheckName(name);
        value = FieldGrammar.CheckValue(value);
        return known;
    }

    /// <summary>Whether the line at an index of <see cref="Fields"/> is one of that name, suppressed or not.</summary>
    public bool IsNamed(int index, string name)
    {
        ref readonly var field = ref _fields[index];
        return field.Name is { } text
            ? text.Equals(name, StringComparison.OrdinalIgnoreCase)
            : field.NameLength == name.Length && Ascii.EqualsIgnoreCase(_bytes.AsSpan(field.NameStart, field.NameLength), name);
    }

    /// <summary>The name of the line at an index of <see cref="Fields"/>.</summary>
    public string NameAt(int index)
    {
        ref var field = ref _fields[index];
        return field.Name ??= Encoding.Latin1.GetString(_bytes, field.NameStart, field.NameLength);
    }

    /// <summary>The value of the line at an index of <see cref="Fields"/>.</summary>
    public string ValueAt(int index)
    {
        ref var field = ref _fields[index];
        return field.Value ??= Encoding.Latin1.GetString(_bytes, field.ValueStart, field.ValueLength);
    }

    private void Append(in FieldLine field)
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
        var fields = room > UsualRoom ? ArrayPool<FieldLine>.Shared.Rent(room) : ThreadArrays<FieldLine>.TryRent() ?? new FieldLine[UsualRoom];
        _fields.AsSpan(0, _used).CopyTo(fields);
        _fields = fields;
    }

    /// <summary>Lets an empty array go.</summary>
    private static void GiveBack(FieldLine[] fields)
    {
        if (fields.Length > UsualRoom) ArrayPool<FieldLine>.Shared.Return(fields);
        else ThreadArrays<FieldLine>.TryReturn(fields);
    }

    private void Truncate(int used)
    {
        Array.Clear(_fields, used, _used - used);
        _used = used;
    }
}
