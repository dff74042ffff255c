using System.Buffers;
using System.IO.Pipelines;
using Endless.Http.Http2.Frames;
using Endless.Http.Http2.Hpack;
using Endless.Http.Tests.Http2;

namespace Endless.Http.Tests.Fuzzing.Streams;

/// <summary>The frames of a server, header blocks put together and decoded.</summary>
internal sealed class ReceivedFrames(PipeReader input)
{
    private readonly HpackDecoder _decoder = new();
    private readonly List<byte> _block = [];
    private FrameHeader _first;

    /// <summary>The server has closed.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>The next frame, if there is one.</summary>
    public Frame? TryTake()
    {
        while (!IsEnded && input.TryRead(out var result))
        {
            var buffer = result.Buffer;
            if (!FrameHeader.TryRead(buffer, out var header) || buffer.Length < FrameHeader.Size + header.Length)
            {
                Assert.False(result.IsCompleted && !buffer.IsEmpty && !result.IsCanceled, "The connection ends within a frame.");
                input.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted) IsEnded = true;
                return null;
            }
            var payload = buffer.Slice(FrameHeader.Size, header.Length).ToArray();
            input.AdvanceTo(buffer.GetPosition(FrameHeader.Size + header.Length));
            if (header.Type is not (FrameType.Headers or FrameType.Continuation))
            {
                Assert.True(_block.Count == 0, "A header block is interrupted.");
                return new Frame(header, payload);
            }
            if (header.Type == FrameType.Headers) _first = header;
            _block.AddRange(payload);
            if (!header.EndHeaders) continue;
            var fields = new HeaderFieldList(1 << 20, 1000);
            Assert.True(_decoder.Decode((byte[])[.. _block], fields));
            _block.Clear();
            return new Frame(_first, payload) { Fields = [.. fields.Fields.ToArray().Select(f => (f.Name, f.Value))] };
        }
        return null;
    }
}
