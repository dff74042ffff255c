namespace Endless.Http.Http2.Hpack;

/// <summary>The field lines of one header block, filled by <see cref="HpackDecoder"/>; reused from block to block.</summary>
/// <param name="maxSize">SETTINGS_MAX_HEADER_LIST_SIZE.</param>
/// <param name="maxCount">Lines at the most.</param>
/// <param name="maxReferenced">Octets that may come by reference to the tables.</param>
internal sealed class HeaderFieldList(int maxSize, int maxCount, int maxReferenced = int.MaxValue)
{
    private const int UsualRoom = 16;

    private HeaderField[] _fields = new HeaderField[UsualRoom];
    private int _count;
    private int _crumbs;
    private long _referenced;

    /// <summary>The size of the lines (RFC 9113 section 6.5.2), of those too that came over a limit.</summary>
    public long Size { get; private set; }

    /// <summary>The lines, in order.</summary>
    public ReadOnlySpan<HeaderField> Fields => _fields.AsSpan(0, _count);

    /// <summary>The method, even of a block that is too large: what an answer may carry depends on it. Null if there is none.</summary>
    public string? Method { get; private set; }

    /// <summary>
    /// The block held more than SETTINGS_MAX_HEADER_LIST_SIZE, more lines, or more by reference than allowed. What came over the limit is not here: a small block of
    /// references to a large table entry (an HPACK bomb) costs its own few bytes and no more.
    /// </summary>
    public bool TooLarge { get; private set; }

    /// <summary>Empties the list for the next block.</summary>
    public void Clear()
    {
        // A block of 26,000 crumbs does not leave its room with an idle connection.
        if (_fields.Length > 4 * UsualRoom) _fields = new HeaderField[UsualRoom];
        else _fields.AsSpan(0, _count).Clear();
        _count = _crumbs = 0;
        Size = _referenced = 0;
        TooLarge = false;
        Method = null;
    }

    /// <summary>Adds a line.</summary>
    /// <param name="field">The line.</param>
    /// <param name="referenced">Octets of it that the block did not hold but refer to.</param>
    public void Add(HeaderField field, int referenced)
    {
        if (field.Kind == FieldKind.Method) Method ??= field.Value;
        if (TooLarge) return;
        Size += field.Size;
        _referenced += referenced;
        // A field in crumbs is one field (RFC 9113 section 8.2.3), as it is over HTTP/1.1.
        if (field.Kind == FieldKind.Cookie) _crumbs++;
        if (Size > maxSize || _referenced > maxReferenced || _count - Math.Max(_crumbs - 1, 0) >= maxCount)
        {
            TooLarge = true;
            return;
        }
        if (_count == _fields.Length) Array.Resize(ref _fields, _count * 2);
        _fields[_count++] = field;
    }
}
