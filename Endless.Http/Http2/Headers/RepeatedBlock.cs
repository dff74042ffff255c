namespace Endless.Http.Http2;

/// <summary>
/// The header block of the last request, to compare the next one with: most of one client's are the same octets. As long as they refer to the same table they mean the same, so that there is nothing to
/// decode and nothing to judge. Guarded by the connection's gate.
/// </summary>
internal sealed class RepeatedBlock
{
    // What a browser sends for a page's twenty images, once its table is filled, has 20 to 100 octets.
    private const int MaxLength = 128;

    private readonly byte[] _octets = new byte[MaxLength];
    private int _length;
    private bool _endStream;
    private long _version;

    /// <summary>What came of the last request's block is kept, and stands for the next one if that repeats it.</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>Whether a block repeats the last request's. If not, it takes its place, and waits for <see cref="Confirm"/>.</summary>
    /// <param name="octets">The block.</param>
    /// <param name="endStream">It ends its stream: what a length in it means depends on that.</param>
    /// <param name="version">Of the table that it refers to, before it is decoded.</param>
    public bool Repeats(ReadOnlySpan<byte> octets, bool endStream, long version)
    {
        if (IsConfirmed && version == _version && endStream == _endStream && octets.SequenceEqual(_octets.AsSpan(0, _length))) return true;
        IsConfirmed = false;
        _length = Math.Min(octets.Length, MaxLength + 1);
        if (_length <= MaxLength) octets.CopyTo(_octets);
        (_endStream, _version) = (endStream, version);
        return false;
    }

    /// <summary>A block comes in pieces, and takes the place of what was kept.</summary>
    public void Forget() => (IsConfirmed, _length) = (false, MaxLength + 1);

    /// <summary>The block was a request that can be served, and what came of it is kept. One that changed the table does not repeat: the table has another version then.</summary>
    public void Confirm() => IsConfirmed = _length <= MaxLength;
}
