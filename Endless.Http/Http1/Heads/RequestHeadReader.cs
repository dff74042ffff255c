using System.Buffers;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>
/// Finds the head of the next request among the unread bytes and copies it into one contiguous buffer, where it is parsed: so there is one code path
/// however the bytes were cut. Until the head is complete nothing of it is consumed, so that it can be handed over to another process half-received.
/// </summary>
internal sealed class RequestHeadReader(ProtocolLimits limits)
{
    // RFC 9112 section 2.2 asks for at least one; some clients send one after a body.
    private const int MaxEmptyLines = 4;

    private const int InitialSize = 1024;

    private byte[]? _buffer;
    private int _length;
    private int _lastLength;
    private int _emptyLines;
    private HeadScanner _scanner;

    /// <summary>What <see cref="Read"/> found.</summary>
    public enum Status
    {
        /// <summary>More bytes are needed.</summary>
        Incomplete,

        /// <summary>The head is in <see cref="Buffer"/>.</summary>
        Complete,

        /// <summary>Whatever follows, this is no request: see <see cref="Rejection"/>.</summary>
        Rejected,
    }

    /// <summary>The head, from index 0.</summary>
    public byte[] Buffer => _buffer ?? [];

    /// <summary>How long the head is; while incomplete, how much of it is there.</summary>
    public int Length => _length;

    /// <summary>The head before, which lies in <see cref="Buffer"/> until the next one comes there; empty if there is none.</summary>
    public ReadOnlySpan<byte> Last => _buffer.AsSpan(0, _lastLength);

    /// <summary>What it holds is no more than a page.</summary>
    public bool IsSmall => _buffer is null or { Length: <= 4096 };

    /// <summary>Why the head is refused.</summary>
    public Rejection? Rejection { get; private set; }

    /// <summary>Looks at the unread bytes: those of the last call that were not consumed, and new ones behind them.</summary>
    /// <param name="unread">All unread bytes.</param>
    /// <param name="consumed">What is done with: the whole head if it is complete, else only empty lines before it.</param>
    public Status Read(in ReadOnlySequence<byte> unread, out SequencePosition consumed)
    {
        if (TryTake(unread.FirstSpan, out var length))
        {
            consumed = unread.GetPosition(length);
            return Status.Complete;
        }
        return ReadSlowly(unread, out consumed);
    }

    /// <summary>Takes the head if all of it lies in one block, as it mostly does.</summary>
    /// <param name="unread">The first block of unread bytes.</param>
    /// <param name="length">How many of them were the head's.</param>
    public bool TryTake(ReadOnlySpan<byte> unread, out int length)
    {
        length = 0;
        if (_length > 0 || unread.IsEmpty || unread[0] == '\r') return false;
        var end = unread.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        length = end + 4;
        Append(unread[..length]);
        return true;
    }

    /// <summary>
    /// Why a complete head that the parser refused is to be refused: the first byte in error decides, as it does for one that arrives bit by bit.
    /// </summary>
    public Rejection FirstRejection(Rejection parsers)
    {
        var scanner = default(HeadScanner);
        return scanner.Scan(_buffer.AsSpan(0, _length), limits) ?? parsers;
    }

    /// <summary>Why a head is refused that did not arrive whole.</summary>
    /// <param name="timedOut">Its time is over; otherwise the client sends no more.</param>
    public static Rejection Unfinished(bool timedOut) => timedOut ? Rejections.Timeout : SyntaxErrors.Incomplete;

    /// <summary>Takes the head for the one before: it has the same fields.</summary>
    public void Repeat() => _length = _lastLength;

    /// <summary>The head is done with: it is <see cref="Last"/> from now on.</summary>
    public void Reset()
    {
        _lastLength = _length;
        _length = 0;
        _emptyLines = 0;
        _scanner = default;
        Rejection = null;
    }

    /// <summary>Gives the buffer back. Only while no part of a head is there.</summary>
    public void Release()
    {
        _lastLength = 0;
        if (_buffer is null) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }

    private Status ReadSlowly(ReadOnlySequence<byte> unread, out SequencePosition consumed)
    {
        if (_length == 0 && !SkipEmptyLines(ref unread))
        {
            consumed = unread.Start;
            return Rejection is null ? Status.Incomplete : Status.Rejected;
        }
        consumed = unread.Start;

        // One byte over the limit shows that it is broken; more need not be copied.
        var old = _length;
        var available = Math.Min(unread.Length, limits.MaxHeaderBytes + 1L);
        foreach (var segment in unread.Slice(old, available - old)) Append(segment.Span);

        var from = Math.Max(0, old - 3);
        var end = _buffer.AsSpan(from, _length - from).IndexOf("\r\n\r\n"u8);
        if (end >= 0)
        {
            _length = from + end + 4;
            consumed = unread.GetPosition(_length);
            return Status.Complete;
        }
        Rejection = _scanner.Scan(_buffer.AsSpan(0, _length), limits);
        return Rejection is null ? Status.Incomplete : Status.Rejected;
    }

    /// <summary>Skips CRLFs before a request line. False if no other byte is there yet, or on a rejection.</summary>
    private bool SkipEmptyLines(ref ReadOnlySequence<byte> unread)
    {
        var reader = new SequenceReader<byte>(unread);
        while (reader.TryPeek(out var c) && c == '\r')
        {
            if (!reader.TryPeek(1, out var next)) break;
            if (next != '\n') Rejection = SyntaxErrors.ControlCharacter;
            else if (++_emptyLines > MaxEmptyLines) Rejection = SyntaxErrors.EmptyLines;
            if (Rejection is not null) return false;
            reader.Advance(2);
        }
        unread = unread.Slice(reader.Position);
        return reader.TryPeek(out var start) && start != '\r';
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _lastLength = 0;
        var needed = _length + bytes.Length;
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(needed, InitialSize));
        }
        else if (needed > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _buffer.Length * 2));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length = needed;
    }
}
