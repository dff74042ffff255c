using System.Text;
using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Interleavings.Http2;

/// <summary>What a client of HTTP/2 finds in the octets of a connection, stream by stream.</summary>
internal sealed class Http2Answers
{
    public Http2Answers(List<byte> sent)
    {
        var octets = sent.ToArray().AsSpan();
        while (octets.Length >= FrameHeader.Size)
        {
            var header = FrameHeader.Read(octets);
            octets = octets[FrameHeader.Size..];
            if (octets.Length < header.Length) break;
            Take(header, octets[..header.Length]);
            octets = octets[header.Length..];
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

    private void Take(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        var (type, stream) = (header.Type, header.StreamId);
        Assert.NotEqual(FrameType.GoAway, type);
        if (type is FrameType.Headers or FrameType.Data)
        {
            Assert.False(Ended.Contains(stream) || Reset.Contains(stream), $"{type} on stream {stream}, which is over.");
            if (type == FrameType.Data) Bodies[stream] = Bodies.GetValueOrDefault(stream, "") + Encoding.ASCII.GetString(payload);
            if (header.EndStream) Ended.Add(stream);
        }
        else if (type == FrameType.RstStream)
        {
            Reset.Add(stream);
        }
    }
}
