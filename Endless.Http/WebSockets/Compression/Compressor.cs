using System.IO.Compression;

namespace Endless.Http.WebSockets;

/// <summary>Compresses messages (RFC 7692 section 7.2.1).</summary>
/// <param name="keepsWindow">A message may refer to the ones before it.</param>
/// <remarks>For one message at a time, in the order in which they are sent.</remarks>
internal sealed class Compressor(bool keepsWindow) : IDisposable
{
    private readonly SinkStream _sink = new();
    private DeflateStream? _stream;

    /// <summary>The message as it is sent: until <see cref="Release"/>.</summary>
    public ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> message)
    {
        _stream ??= new DeflateStream(_sink, CompressionLevel.Fastest, leaveOpen: true);
        _stream.Write(message);
        _stream.Flush(); // Z_SYNC_FLUSH
        var compressed = _sink.Written;
        return compressed.Span.EndsWith(Inflater.Tail.Span) ? compressed[..^Inflater.Tail.Length] : compressed;
    }

    /// <summary>The compressed message was sent, or copied.</summary>
    public void Release()
    {
        if (!keepsWindow) Restart();
        _sink.Release();
    }

    public void Dispose()
    {
        Restart();
        _sink.Release();
    }

    private void Restart()
    {
        _stream?.Dispose(); // writes an end that nobody is sent
        _stream = null;
    }

    private sealed class SinkStream : Stream
    {
        private PooledBytes _bytes;

        public ReadOnlyMemory<byte> Written => _bytes.Memory;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Release() => _bytes.Release();

        public override void Write(ReadOnlySpan<byte> buffer) => _bytes.Add(buffer);

        public override void Write(byte[] buffer, int offset, int count)
        {
            ValidateBufferArguments(buffer, offset, count);
            _bytes.Add(buffer.AsSpan(offset, count));
        }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
