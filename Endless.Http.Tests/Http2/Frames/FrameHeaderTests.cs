using System.Buffers;
using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Http2.Frames;

public class FrameHeaderTests
{
    [Fact]
    public void RoundTrips()
    {
        var header = new FrameHeader(0xabcdef, FrameType.Continuation, FrameFlags.EndHeaders | FrameFlags.Padded, int.MaxValue);
        var octets = new byte[FrameHeader.Size];
        header.Write(octets);
        Assert.Equal("abcdef090c7fffffff", Convert.ToHexStringLower(octets));
        Assert.True(FrameHeader.TryRead(new(octets), out var read));
        Assert.Equal(header, read);
    }

    [Fact]
    public void IgnoresTheReservedBit()
    {
        Assert.True(FrameHeader.TryRead(new(Convert.FromHexString("000000040080000001")), out var read));
        Assert.Equal(new FrameHeader(0, FrameType.Settings, FrameFlags.None, 1), read);
    }

    [Fact]
    public void ReadsAcrossSegmentsAndWaitsForAllNine()
    {
        var octets = Convert.FromHexString("000008060000000000");
        for (var length = 0; length <= octets.Length; length++)
        {
            var buffer = Segments.Of(octets.AsMemory(0, length), 1);
            Assert.Equal(length == octets.Length, FrameHeader.TryRead(buffer, out var read));
            if (length == octets.Length) Assert.Equal(new FrameHeader(8, FrameType.Ping, FrameFlags.None, 0), read);
        }
    }
}

/// <summary>Cuts octets into a sequence of small segments.</summary>
internal static class Segments
{
    public static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> octets, int size)
    {
        Segment? first = null, last = null;
        for (var start = 0; start < octets.Length; start += size)
        {
            var next = new Segment(octets.Slice(start, Math.Min(size, octets.Length - start)), start);
            first ??= next;
            last?.Link(next);
            last = next;
        }
        return first == null ? default : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex) => (Memory, RunningIndex) = (memory, runningIndex);

        public void Link(Segment next) => Next = next;
    }
}
