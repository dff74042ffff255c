using System.IO.Compression;

namespace Endless.Http;

/// <summary>A request's body, decoded as it is read, within bounds. For one flow.</summary>
/// <remarks>Zip bomb: 1 KB of gzip can be 1 MB, and of Brotli 1 GB. It is decoded piece by piece as the handler reads, so that what is held is a buffer; the bounds are for what the handler would make of it.</remarks>
internal sealed class DecodedBody : Stream
{
    /// <summary>So much may come of anything.</summary>
    private const long RatioCounts = 1024 * 1024;

    private readonly CountedStream _source;
    private readonly Stream _decoder;
    private readonly long _maxBytes;
    private readonly int _maxRatio;
    private readonly bool _isZstd;
    private long _decoded;

    /// <param name="source">As it came.</param>
    /// <param name="kind">Of <see cref="Kind"/>.</param>
    /// <param name="maxBytes">When it is decoded.</param>
    /// <param name="maxRatio">How many times what came.</param>
    public DecodedBody(Stream source, string kind, long maxBytes, int maxRatio)
    {
        _source = new CountedStream(source, isMarked: kind != "zstd"); // whose decoder checks the end itself
        _decoder = kind switch
        {
            "gzip" => new GZipStream(_source, CompressionMode.Decompress, leaveOpen: true),
            "br" => new BrotliStream(_source, CompressionMode.Decompress, leaveOpen: true),
            "deflate" => new ZLibStream(_source, CompressionMode.Decompress, leaveOpen: true),
            _ => ZstdDecoding.Open(_source),
        };
        (_maxBytes, _maxRatio, _isZstd) = (maxBytes, maxRatio, kind == "zstd");
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The coding that a field names; null for one that is not known, and for several.</summary>
    public static string? Kind(ReadOnlySpan<char> coding)
    {
        coding = coding.Trim();
        if (coding.Equals("gzip", StringComparison.OrdinalIgnoreCase) || coding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase)) return "gzip";
        if (coding.Equals("br", StringComparison.OrdinalIgnoreCase)) return "br";
        if (coding.Equals("zstd", StringComparison.OrdinalIgnoreCase)) return "zstd";
        return coding.Equals("deflate", StringComparison.OrdinalIgnoreCase) ? "deflate" : null;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        try
        {
            count = await _decoder.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is InvalidDataException or EndOfStreamException || (failure is InvalidOperationException && _decoder is BrotliStream) || (_isZstd && ZstdDecoding.IsFailure(failure)))
        {
            throw Broken(failure);
        }
        if (_source.IsExhausted || (count > 0 && _source.IsAtEnd && !_isZstd)) throw Broken(null);
        _decoded += count;
        if (_decoded > _maxBytes) throw new MaxBytesException(_maxBytes);
        if (_decoded > RatioCounts && _decoded / _maxRatio > _source.Count) throw new MaxBytesException(_source.Count * _maxRatio);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read from the request's BodyStream.");

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _decoder.Dispose();
        base.Dispose(disposing);
    }

    private static ProblemException Broken(Exception? failure) => new(new ProblemDetails(400, "The body is not what its Content-Encoding says, or not whole."), failure);
}
