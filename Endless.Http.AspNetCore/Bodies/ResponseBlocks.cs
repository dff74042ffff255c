namespace Endless.Http.AspNetCore.Bodies;

/// <summary>Memory that an application writes a body into, as a <see cref="System.IO.Pipelines.PipeWriter"/> lends it. For one flow.</summary>
/// <remarks>Use after free: an application may keep what it was lent and write to it later. So the blocks are this response's alone, empty at first, and no pool's.</remarks>
internal struct ResponseBlocks()
{
    private const int FirstSize = 1024; // a small JSON document
    private const int SecondSize = 8 * 1024;
    private const int LargestSize = 64 * 1024;

    private Queue<(byte[] Bytes, int Length)>? _full; // few responses have more than one block
    private byte[] _last = [];
    private int _length;
    private int _lent; // of the last block, beyond what was advanced

    /// <summary>Bytes that were advanced and not taken.</summary>
    public long Length { get; private set; }

    /// <summary>The first block of them.</summary>
    public readonly ReadOnlyMemory<byte> Next => _full is not null && _full.TryPeek(out var first) ? first.Bytes.AsMemory(0, first.Length) : _last.AsMemory(0, _length);

    /// <summary>Room for at least so many bytes, and one.</summary>
    public Memory<byte> Lend(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        var size = Math.Max(sizeHint, 1);
        if (_last.Length - _length < size)
        {
            if (_length > 0) (_full ??= new()).Enqueue((_last, _length));
            _last = new byte[Math.Max(size, _last.Length switch { 0 => FirstSize, < SecondSize => SecondSize, _ => LargestSize })];
            _length = 0;
        }
        _lent = _last.Length - _length;
        return _last.AsMemory(_length);
    }

    /// <summary>So many bytes of what was lent last are part of the body.</summary>
    public void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (_lent == 0 && bytes > 0) throw new InvalidOperationException("Advance was called for memory that GetMemory or GetSpan have not given since the last flush.");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _lent);
        _lent -= bytes;
        _length += bytes;
        Length += bytes;
    }

    /// <summary>Drops all of them.</summary>
    public void Clear()
    {
        while (Length > 0) Drop();
    }

    /// <summary>What <see cref="Next"/> gave is in the response.</summary>
    public void Drop()
    {
        if (_full is not null && _full.TryDequeue(out var first))
        {
            Length -= first.Length;
            return;
        }
        Length = 0;
        _length = _lent = 0;
    }
}
