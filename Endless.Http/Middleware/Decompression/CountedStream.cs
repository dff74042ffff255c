namespace Endless.Http;

/// <summary>A stream that is only read, how much came of it, and what makes a decoder show that it has not come to its end.</summary>
/// <remarks>
/// A half-sent body: .NET's decoders take the end of their source for the end of the content, wherever in it that is. So behind the source's end come some bytes that are no continuation: a decoder that was done
/// leaves them alone; one that was not fails on them, gives something more, or wants still more.
/// </remarks>
/// <param name="source">What is read.</param>
/// <param name="isMarked">Whether those bytes follow.</param>
internal sealed class CountedStream(Stream source, bool isMarked) : Stream
{
    private const int MostMarks = 4 * 1024;

    private int _marks;

    /// <summary>All that came has been read.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>A decoder took all that followed, and wanted more.</summary>
    public bool IsExhausted { get; private set; }

    /// <summary>Bytes that were read.</summary>
    public long Count { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsAtEnd) return Mark(buffer.Span);
        var count = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Count += count;
        if (count > 0 || buffer.IsEmpty) return count;
        IsAtEnd = true;
        return Mark(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Mark(Span<byte> buffer)
    {
        if (!isMarked) return 0;
        var count = Math.Min(buffer.Length, MostMarks - _marks);
        IsExhausted = count == 0;
        buffer[..count].Fill(0xFF);
        _marks += count;
        return count;
    }
}
