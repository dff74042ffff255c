using System.IO.Compression;

namespace Endless.Http;

/// <summary>gzip (RFC 1952), by the zlib of .NET.</summary>
internal sealed class GzipEncoder(CompressionLevel level) : BodyEncoder
{
    private GZipStream? _stream;

    public override void Encode(ReadOnlySpan<byte> data, EncodedBody output) => Into(output).Write(data);

    public override void Flush(EncodedBody output) => Into(output).Flush();

    public override void Finish(EncodedBody output) => Into(output).Dispose();

    public override void Dispose() => _stream?.Dispose();

    private GZipStream Into(EncodedBody output) => _stream ??= new GZipStream(output, level, leaveOpen: true);
}
