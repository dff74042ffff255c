namespace Endless.Http.Forms;

/// <summary>The content of one file of a form: in memory, or in the form's spool from some offset on. Written by one flow, then read by any number.</summary>
internal sealed class FileContent
{
    /// <summary>All but the last chunk have this length: below the large object heap, and a write of this size to a file.</summary>
    public const int ChunkSize = 64 * 1024;

    private readonly List<byte[]> _chunks = [];
    private UnnamedFileSpool? _spool;
    private long _offset;

    /// <summary>Bytes of it.</summary>
    public long Length { get; private set; }

    /// <summary>It is in memory.</summary>
    public bool IsInMemory => _spool is null;

    /// <summary>Adds a chunk: of <see cref="ChunkSize"/>, or the last.</summary>
    public void Append(ReadOnlySpan<byte> chunk)
    {
        if (_spool is { } spool) spool.Append(chunk);
        else _chunks.Add(chunk.ToArray());
        Length += chunk.Length;
    }

    /// <summary>Moves it to a spool, where it grows from then on; nothing else may be written there meanwhile.</summary>
    public void MoveTo(UnnamedFileSpool spool)
    {
        _offset = spool.Length;
        foreach (var chunk in _chunks) spool.Append(chunk);
        _chunks.Clear();
        _spool = spool;
    }

    /// <summary>Reads from a position; 0 at the end.</summary>
    /// <exception cref="ObjectDisposedException">It was in a file, and its form was disposed of.</exception>
    public int Read(long position, Span<byte> buffer)
    {
        if (position >= Length || buffer.IsEmpty) return 0;
        if (buffer.Length > Length - position) buffer = buffer[..(int)(Length - position)];
        if (_spool is { } spool) return spool.Read(_offset + position, buffer);
        var chunk = _chunks[(int)(position / ChunkSize)].AsSpan((int)(position % ChunkSize));
        if (chunk.Length > buffer.Length) chunk = chunk[..buffer.Length];
        chunk.CopyTo(buffer);
        return chunk.Length;
    }
}
