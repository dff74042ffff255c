namespace Endless.Http.WebSockets;

/// <summary>What a <see cref="System.IO.Compression.DeflateStream"/> reads: bytes that are given to it piece by piece, of which "no more" means "no more so far".</summary>
internal sealed class FeedStream : Stream
{
    private ReadOnlyMemory<byte> _bytes;

    /// <summary>Everything was read.</summary>
    public bool IsEmpty => _bytes.IsEmpty;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What is read next, in the place of what was not read.</summary>
    public void Give(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    public override int Read(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _bytes.Length);
        _bytes.Span[..count].CopyTo(buffer);
        _bytes = _bytes[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
