using System.Buffers.Binary;
using System.Text;
using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Interleavings.Http2;

/// <summary>What a client of HTTP/2 finds in the octets of a connection, stream by stream.</summary>
internal sealed class Http2Answers
{
    private const int HeaderSize = 9;

    public Http2Answers(List<byte> sent)
    {
        var octets = sent.ToArray().AsSpan();
        while (octets.Length >= HeaderSize)
        {
            var length = octets[0] << 16 | octets[1] << 8 | octets[2];
            if (octets.Length < HeaderSize + length) break;
            Take((FrameType)octets[3], (FrameFlags)octets[4], BinaryPrimitives.ReadInt32BigEndian(octets[5..]), octets.Slice(HeaderSize, length));
            octets = octets[(HeaderSize + length)..];
        }
    }

    /// <summary>The DATA of a stream.</summary>
    public Dictionary<int, string> Bodies { get; } = [];

    /// <summary>Streams with END_STREAM.</summary>
    public HashSet<int> Ended { get; } = [];

    /// <summary>Streams with RST_STREAM.</summary>
    public HashSet<int> Reset { get; } = [];

    /// <summary>Streams of which no more comes.</summary>
    public HashSet<int> Over => [.. Ended, .. Reset];

    private void Take(FrameType type, FrameFlags flags, int stream, ReadOnlySpan<byte> payload)
    {
        Assert.NotEqual(FrameType.GoAway, type);
        if (type is FrameType.Headers or FrameType.Data)
        {
            Assert.False(Ended.Contains(stream) || Reset.Contains(stream), $"{type} on stream {stream}, which is over.");
            if (type == FrameType.Data) Bodies[stream] = Bodies.GetValueOrDefault(stream, "") + Encoding.ASCII.GetString(payload);
            if (flags.HasFlag(FrameFlags.EndStream)) Ended.Add(stream);
        }
        else if (type == FrameType.RstStream)
        {
            Reset.Add(stream);
        }
    }
}
