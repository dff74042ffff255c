using System.IO.Compression;

namespace Endless.Http.WebSockets;

/// <summary>Inflates what the client has compressed (RFC 7692 section 7.2.2), a piece at a time, so that a bomb is seen before it is in memory.</summary>
/// <param name="keepsWindow">A message may refer to the ones before it.</param>
internal sealed class Inflater(bool keepsWindow) : IDisposable
{
    /// <summary>What ends each message, and is not sent with it.</summary>
    public static readonly ReadOnlyMemory<byte> Tail = new byte[] { 0x00, 0x00, 0xff, 0xff };

    private readonly FeedStream _feed = new();
    private DeflateStream? _stream;
    private bool _isAtTail;

    /// <summary>The next piece of a message. <see cref="TryTake"/> is to have taken all of the one before.</summary>
    public void Give(ReadOnlyMemory<byte> compressed)
    {
        _feed.Give(compressed);
        _isAtTail = false;
    }

    /// <summary>The last piece has come: gives what is left out of each message at its end.</summary>
    public void GiveTail()
    {
        _feed.Give(Tail);
        _isAtTail = true;
    }

    /// <summary>Inflates the piece. False if it cannot be inflated.</summary>
    /// <param name="room">Not empty.</param>
    /// <param name="count">Bytes inflated; 0 once there are no more of this piece.</param>
    public bool TryTake(Span<byte> room, out int count)
    {
        count = 0;
        try
        {
            count = Read(room);
            if (count > 0 || _feed.IsEmpty) return true;
            // A block that says that it is the last ends the stream for good; such a client begins another (section 7.2.3.4).
            Restart();
            if (_isAtTail) _feed.Give(default); // it belongs to the block before it
            else count = Read(room);
            return true;
        }
        catch (InvalidDataException)
        {
            // An exception on a client's path: the stream knows no other way to say it, and the connection ends with it.
            return false;
        }
    }

    /// <summary>The message has ended.</summary>
    public void EndMessage()
    {
        if (!keepsWindow) Restart();
    }

    public void Dispose() => Restart();

    private int Read(Span<byte> room) => (_stream ??= new DeflateStream(_feed, CompressionMode.Decompress, leaveOpen: true)).Read(room);

    private void Restart()
    {
        _stream?.Dispose();
        _stream = null;
    }
}
