using System.Buffers;
using Endless.Http.Http2.Frames;

namespace Endless.Http.Http2;

/// <summary>
/// A header block that comes in several frames (RFC 9113 section 4.3), nothing in between: what has come of it and was not decoded, which is never more than a field, in one pooled array.
/// </summary>
internal sealed class HeaderBlock(int maxLength)
{
    private readonly int _maxFrames = maxLength / Http2Limits.MeanFragment + Http2Limits.ContinuationAllowance;
    private byte[] _octets = [];
    private int _length;
    private long _received;
    private int _frames;

    /// <summary>CONTINUATION frames are to follow.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The frame it began with.</summary>
    public FrameHeader First { get; private set; }

    /// <summary>The stream that the priority fields name; 0 if there were none.</summary>
    public int Dependency { get; private set; }

    /// <summary>What was not decoded.</summary>
    public ReadOnlySpan<byte> Octets => _octets.AsSpan(0, _length);

    /// <summary>Octets of memory that it takes.</summary>
    public int Room => _octets.Length;

    /// <summary>Begins with a HEADERS frame.</summary>
    public Http2Error Begin(in FrameHeader frame, int dependency, in ReadOnlySequence<byte> fragment)
    {
        IsOpen = true;
        First = frame;
        Dependency = dependency;
        _length = _frames = 0;
        _received = 0;
        return Append(fragment);
    }

    /// <summary>Goes on with a CONTINUATION frame.</summary>
    public Http2Error Append(in ReadOnlySequence<byte> fragment)
    {
        // CVE-2024-27316: without these two limits a block need never end.
        if ((_received += fragment.Length) > maxLength) return TooMuch("A header block is larger than the server takes.");
        if (++_frames > _maxFrames) return TooMuch("A header block comes in too many small frames.");
        if (_octets.Length - _length < fragment.Length) MakeRoom((int)fragment.Length);
        fragment.CopyTo(_octets.AsSpan(_length));
        _length += (int)fragment.Length;
        return default;
    }

    /// <summary>Octets were decoded.</summary>
    public void Consume(int count)
    {
        if (count == 0) return;
        Octets[count..].CopyTo(_octets);
        _length -= count;
    }

    /// <summary>Gives the array back.</summary>
    public void Close()
    {
        IsOpen = false;
        _length = 0;
        if (_octets.Length > 0) ArrayPool<byte>.Shared.Return(_octets);
        _octets = [];
    }

    private void MakeRoom(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + count, _length * 2));
        Octets.CopyTo(larger);
        if (_octets.Length > 0) ArrayPool<byte>.Shared.Return(_octets);
        _octets = larger;
    }

    private static Http2Error TooMuch(string reason) => Http2Error.Connection(ErrorCode.EnhanceYourCalm, reason);
}
