namespace Endless.Http.Files;

/// <summary>A stream that can seek, of one request: read from one place after another.</summary>
internal sealed class StreamBytes : FileBytes
{
    private readonly Stream _stream;
    private readonly bool _ownsStream;

    public StreamBytes(Stream stream, bool ownsStream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek || !stream.CanRead) throw new ArgumentException("The stream must be one that can be read and can seek: the length is sent first, and a range begins anywhere. Copy another to the response (CopyToAsync).", nameof(stream));
        (_stream, _ownsStream) = (stream, ownsStream);
        Length = stream.Length;
    }

    public override long Length { get; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        if (_stream.Position != offset) _stream.Position = offset;
        return _stream.ReadAsync(buffer, cancellationToken);
    }

    public override void Dispose()
    {
        if (_ownsStream) _stream.Dispose();
    }
}
