namespace Endless.Http.Http2.Hpack;

/// <summary>The dynamic table of RFC 7541 section 2.3.2: a ring, newest entry first, that evicts its oldest entries to stay within its size.</summary>
internal sealed class DynamicTable(int maxSize)
{
    private HeaderField?[] _ring = new HeaderField?[16];
    private int _newest;

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>Sum of the entries' sizes (RFC 7541 section 4.1).</summary>
    public int Size { get; private set; }

    /// <summary>What <see cref="Size"/> may reach; set by <see cref="Resize"/>.</summary>
    public int MaxSize { get; private set; } = maxSize;

    /// <summary>Number of entries ever inserted: gives each an identity that outlives its changing index.</summary>
    public long Inserted { get; private set; }

    /// <summary>Another one after each change of the table: with the same one, a block means what it meant.</summary>
    public long Version { get; private set; }

    /// <summary>The entry at a distance from the newest, which is 0.</summary>
    public HeaderField this[int age] => _ring[(_newest + age) & (_ring.Length - 1)]!;

    /// <summary>Changes the size limit, evicting what no longer fits (RFC 7541 section 4.3).</summary>
    public void Resize(int maxSize)
    {
        Version++;
        MaxSize = maxSize;
        EvictDownTo(maxSize);
    }

    /// <summary>Inserts an entry; one larger than the table empties it and is not kept, which is no error (RFC 7541 section 4.4).</summary>
    public void Insert(HeaderField field)
    {
        Version++;
        EvictDownTo(MaxSize - field.Size);
        if (field.Size > MaxSize) return;
        if (Count == _ring.Length) Grow();
        _newest = (_newest - 1) & (_ring.Length - 1);
        _ring[_newest] = field;
        Count++;
        Size += field.Size;
        Inserted++;
    }

    private void EvictDownTo(int size)
    {
        while (Count > 0 && Size > size)
        {
            ref var oldest = ref _ring[(_newest + Count - 1) & (_ring.Length - 1)];
            Size -= oldest!.Size;
            oldest = null;
            Count--;
        }
    }

    private void Grow()
    {
        var larger = new HeaderField?[_ring.Length * 2];
        for (var i = 0; i < Count; i++) larger[i] = this[i];
        _ring = larger;
        _newest = 0;
    }
}
