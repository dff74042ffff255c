namespace Endless.Http.Http2.Hpack;

/// <summary>The field lines of one header block, filled by <see cref="HpackDecoder"/>; reused from block to block.</summary>
internal sealed class HeaderFieldList(int maxSize, int maxCount)
{
    private HeaderField[] _fields = new HeaderField[16];
    private int _count;
    private long _size;

    /// <summary>The lines, in order.</summary>
    public ReadOnlySpan<HeaderField> Fields => _fields.AsSpan(0, _count);

    /// <summary>
    /// The block held more than SETTINGS_MAX_HEADER_LIST_SIZE or more lines than allowed. What came over the limit is not here: a small block of
    /// references to a large table entry (an HPACK bomb) costs its own few bytes and no more.
    /// </summary>
    public bool TooLarge { get; private set; }

    /// <summary>Empties the list for the next block.</summary>
    public void Clear()
    {
        _fields.AsSpan(0, _count).Clear();
        _count = 0;
        _size = 0;
        TooLarge = false;
    }

    public void Add(HeaderField field)
    {
        if (TooLarge) return;
        _size += field.Size;
        if (_size > maxSize || _count == maxCount)
        {
            TooLarge = true;
            return;
        }
        if (_count == _fields.Length) Array.Resize(ref _fields, _count * 2);
        _fields[_count++] = field;
    }
}
