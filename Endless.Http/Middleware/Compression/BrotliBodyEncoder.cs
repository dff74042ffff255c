using System.Buffers;
using System.IO.Compression;

namespace Endless.Http;

/// <summary>br (RFC 7932).</summary>
internal sealed class BrotliBodyEncoder(CompressionLevel level) : BodyEncoder
{
    /// <summary>256 KiB: larger ones cost memory for each response, and find little more in what is sent to browsers.</summary>
    private const int Window = 18;

    private const int Room = 4 * 1024;

    private BrotliEncoder _encoder = new(level switch { CompressionLevel.Optimal => 4, CompressionLevel.SmallestSize => 11, CompressionLevel.NoCompression => 0, _ => 1 }, Window); // a mutable struct

    public override void Encode(ReadOnlySpan<byte> data, EncodedBody output) => Compress(data, output, isLast: false);

    public override void Flush(EncodedBody output)
    {
        while (true)
        {
            var status = _encoder.Flush(output.GetSpan(Room), out var written);
            output.Advance(written);
            if (status != OperationStatus.DestinationTooSmall) return;
        }
    }

    public override void Finish(EncodedBody output) => Compress([], output, isLast: true);

    public override void Dispose() => _encoder.Dispose();

    private void Compress(ReadOnlySpan<byte> data, EncodedBody output, bool isLast)
    {
        while (true)
        {
            var status = _encoder.Compress(data, output.GetSpan(Room), out var consumed, out var written, isLast);
            output.Advance(written);
            data = data[consumed..];
            if (status == OperationStatus.InvalidData) throw new InvalidOperationException("The Brotli encoder failed.");
            if (status != OperationStatus.DestinationTooSmall && data.IsEmpty) return;
        }
    }
}
