using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;

namespace Endless.Http.Http1;

/// <summary>What stands around the bytes of a chunk (RFC 9112 section 7.1).</summary>
internal static class ChunkFraming
{
    /// <summary>Before so many bytes.</summary>
    public static void BeginChunk(this PipeWriter output, int length)
    {
        var span = output.GetSpan(10);
        Utf8Formatter.TryFormat(length, span, out var written, new StandardFormat('x'));
        span[written++] = (byte)'\r';
        span[written++] = (byte)'\n';
        output.Advance(written);
    }

    /// <summary>Behind them.</summary>
    public static void EndChunk(this PipeWriter output) => output.Write("\r\n"u8);
}
