using System.Buffers;
using System.IO.Compression;
using ZstdSharp;

namespace Endless.Http;

/// <summary>zstd (RFC 8878). Apart from the others, so that its library is loaded for those who accept it.</summary>
internal sealed class ZstdEncoder(CompressionLevel level) : BodyEncoder
{
    private const int Room = 4 * 1024;

    private readonly Compressor _compressor = new(level switch { CompressionLevel.Optimal => 3, CompressionLevel.SmallestSize => 19, _ => 1 });

    /// <summary>The end of a frame is the beginning of another.</summary>
    public override bool IsReusable => true;

    public override void Encode(ReadOnlySpan<byte> data, EncodedBody output)
    {
        while (!data.IsEmpty)
        {
            _compressor.WrapStream(data, output.GetSpan(Room), out var consumed, out var written, isFinalBlock: false);
            output.Advance(written);
            data = data[consumed..];
        }
    }

    public override void Flush(EncodedBody output)
    {
        while (true)
        {
            var status = _compressor.FlushStream(output.GetSpan(Room), out var written);
            output.Advance(written);
            if (status != OperationStatus.DestinationTooSmall) return;
        }
    }

    public override void Finish(EncodedBody output)
    {
        while (true)
        {
            var status = _compressor.WrapStream([], output.GetSpan(Room), out _, out var written, isFinalBlock: true);
            output.Advance(written);
            if (status != OperationStatus.DestinationTooSmall) return;
        }
    }

    public override void Dispose() => _compressor.Dispose();
}
