namespace Endless.Http.Tests.Tls;

/// <summary>A client's stream that can send byte by byte, and notes which TLS records it receives.</summary>
internal sealed class SlowStream(Stream inner) : Stream
{
    private readonly byte[] _header = new byte[5];
    private int _headerLength;
    private int _left;

    /// <summary>Awaited before each byte sent; null sends in one go.</summary>
    public Func<Task>? BeforeByte { get; set; }

    /// <summary>Content type of the last record whose header was received.</summary>
    public int LastRecordType { get; private set; }

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        foreach (var b in buffer[..count].ToArray()) Note(b);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (BeforeByte == null)
        {
            await inner.WriteAsync(buffer, cancellationToken);
            return;
        }
        for (var i = 0; i < buffer.Length; i++)
        {
            await BeforeByte();
            await inner.WriteAsync(buffer.Slice(i, 1), cancellationToken);
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
    public override void Flush() => throw new NotSupportedException();
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing) => inner.Dispose();

    private void Note(byte b)
    {
        if (_left > 0)
        {
            _left--;
            return;
        }
        _header[_headerLength++] = b;
        if (_headerLength < _header.Length) return;
        LastRecordType = _header[0];
        _left = _header[3] << 8 | _header[4];
        _headerLength = 0;
    }
}
