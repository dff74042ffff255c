using System.Buffers;
using System.Runtime.InteropServices;

namespace Endless.Http.WebSockets;

/// <summary>Makes messages of a client's bytes (RFC 6455 section 5.4): frames, fragments, masks, compression, UTF-8, limits. Reads and writes nothing itself.</summary>
/// <remarks>
/// A message that lies in one piece is not copied: it is unmasked where it was received, which is memory of the connection's own. What comes in pieces is put together, and checked as it comes.
/// </remarks>
/// <param name="maxMessageBytes">Of a message that is put together.</param>
/// <param name="inflater">Null where no compression was agreed on.</param>
internal sealed class MessageReader(long maxMessageBytes, Inflater? inflater) : IDisposable
{
    /// <summary>Fragments of a message that bring nothing: beyond that they are a flood.</summary>
    public const int MaxEmptyFragments = 128;

    /// <summary>Bytes of a part that is inflated.</summary>
    private const int PartSize = 16 * 1024;

    private FrameHead _frame;
    private long _left;                             // of the frame's payload
    private uint _mask;
    private bool _isInFrame;
    private Opcode _kind = Opcode.Continuation;     // of the message; Continuation between two
    private bool _isCompressed;
    private bool _isInflating;                      // the inflater may have more of what it was given
    private bool _isEnding;                         // the message's last frame is over
    private int _emptyFragments;
    private PooledBytes _bytes;
    private Utf8Check _utf8;
    private byte[]? _control;
    private int _controlLength;

    /// <summary>Of the message, the ping or the close: until the next read.</summary>
    public ReadOnlyMemory<byte> Payload { get; private set; }

    /// <summary>The message is text.</summary>
    public bool IsText { get; private set; }

    /// <summary>The message ends with this part.</summary>
    public bool IsEnd { get; private set; }

    /// <summary>What the connection is closed with after <see cref="ReadStep.Failed"/>.</summary>
    public CloseStatus? Failure { get; private set; }

    /// <summary>Reads on. What was read is taken off the input; what <see cref="Payload"/> says may lie in what was taken off.</summary>
    /// <param name="input">What has come and was not read.</param>
    /// <param name="inParts">Gives a message as it comes, and does not put it together.</param>
    public ReadStep Read(ref ReadOnlySequence<byte> input, bool inParts)
    {
        if (IsLent) Release();
        if (_isInflating && Inflate(inParts) is { } inflated) return inflated;
        if (_isEnding) return End();
        while (true)
        {
            if (!_isInFrame)
            {
                if (!FrameHead.TryRead(ref input, inflater is not null, out _frame, out var mistake)) return PartOrMore(inParts);
                Failure = mistake is not null ? new(WebSocketCloseCodes.ProtocolError, mistake) : Begin(inParts);
                if (Failure is not null) return ReadStep.Failed;
            }
            if ((_frame.IsControl ? ReadControl(ref input) : ReadData(ref input, inParts)) is { } step) return step == ReadStep.NeedsMore ? PartOrMore(inParts) : step;
        }
    }

    /// <summary>Whoever was given <see cref="Payload"/> may go on to use it.</summary>
    public void Keep()
    {
        if (IsLent) _bytes.Forget();
    }

    public void Dispose()
    {
        Release();
        inflater?.Dispose();
    }

    private bool IsLent { get; set; }

    private void Release()
    {
        _bytes.Release();
        Payload = default;
        IsLent = false;
    }

    /// <summary>A head has come. What is wrong with it; null for nothing.</summary>
    private CloseStatus? Begin(bool inParts)
    {
        (_isInFrame, _left, _mask) = (true, _frame.Length, _frame.Mask);
        if (_frame.IsControl)
        {
            _controlLength = 0;
            return null;
        }
        if (_frame.Opcode == Opcode.Continuation)
        {
            if (_kind == Opcode.Continuation) return new(WebSocketCloseCodes.ProtocolError, "A message begins with a continuation.");
        }
        else
        {
            if (_kind != Opcode.Continuation) return new(WebSocketCloseCodes.ProtocolError, "A message begins within another.");
            (_kind, _isCompressed, _emptyFragments) = (_frame.Opcode, _frame.IsCompressed, 0);
            _utf8.Reset();
        }
        // Fragment flood: nothing else bounds those that are empty.
        if (_left == 0 && !_frame.IsFinal && ++_emptyFragments > MaxEmptyFragments) return new(WebSocketCloseCodes.PolicyViolation, "A message has too many empty fragments.");
        // By the head alone: what is too long is not waited for. How long a compressed one is, its inflating shows.
        return !inParts && !_isCompressed && _left > maxMessageBytes - _bytes.Length ? TooBig : null;
    }

    private static CloseStatus TooBig => new(WebSocketCloseCodes.MessageTooBig, "A message is too long.");

    private static CloseStatus NotText => new(WebSocketCloseCodes.InvalidPayload, "A text is not UTF-8.");

    /// <summary>Reads a control frame. Null for one that needs no answer.</summary>
    private ReadStep? ReadControl(ref ReadOnlySequence<byte> input)
    {
        _control ??= new byte[FrameHead.MaxControlPayload];
        while (_left > 0)
        {
            if (input.IsEmpty) return ReadStep.NeedsMore;
            var piece = Unmask(ref input).Span;
            piece.CopyTo(_control.AsSpan(_controlLength));
            _controlLength += piece.Length;
        }
        _isInFrame = false;
        if (_frame.Opcode == Opcode.Pong) return null;
        Payload = _control.AsMemory(0, _controlLength);
        return _frame.Opcode == Opcode.Ping ? ReadStep.Ping : ReadStep.Close;
    }

    /// <summary>Reads a data frame. Null where its message goes on in another.</summary>
    private ReadStep? ReadData(ref ReadOnlySequence<byte> input, bool inParts)
    {
        while (_left > 0)
        {
            if (input.IsEmpty) return ReadStep.NeedsMore;
            var piece = Unmask(ref input);
            if (_isCompressed)
            {
                inflater!.Give(piece);
                if (Inflate(inParts) is { } step) return step;
                continue;
            }
            if (_kind == Opcode.Text && !_utf8.TryAdd(piece.Span)) return Fail(NotText);
            var isLast = _left == 0 && _frame.IsFinal;
            if (_bytes.Length > 0 || !(inParts || isLast))
            {
                _bytes.Add(piece.Span);
                continue;
            }
            if (_left == 0) _isInFrame = false;
            return isLast && !_utf8.IsWhole ? Fail(NotText) : Lend(piece, isLast);
        }
        _isInFrame = false;
        if (!_frame.IsFinal) return null;
        _isEnding = true;
        if (_isCompressed)
        {
            inflater!.GiveTail();
            if (Inflate(inParts) is { } step) return step;
        }
        return End();
    }

    /// <summary>Inflates what the inflater was given. Null once that is done.</summary>
    /// <remarks>Zip bomb: the limit is looked at as the bytes come out, and they come out into room that is no larger.</remarks>
    private ReadStep? Inflate(bool inParts)
    {
        _isInflating = true;
        while (true)
        {
            var room = _bytes.Room(1024);
            var most = inParts ? PartSize - _bytes.Length : maxMessageBytes - _bytes.Length + 1;
            if (most <= 0) return Lend(_bytes.Memory, isEnd: false);
            room = room[..(int)Math.Min(room.Length, most)];
            if (!inflater!.TryTake(room, out var count)) return Fail(new(WebSocketCloseCodes.InvalidPayload, "A message cannot be decompressed."));
            if (count == 0) break;
            if (_kind == Opcode.Text && !_utf8.TryAdd(room[..count])) return Fail(NotText);
            _bytes.Advance(count);
            if (!inParts && _bytes.Length > maxMessageBytes) return Fail(TooBig);
        }
        _isInflating = false;
        return null;
    }

    /// <summary>The message is whole.</summary>
    private ReadStep End()
    {
        _isEnding = false;
        if (_isCompressed) inflater!.EndMessage();
        if (!_utf8.IsWhole) return Fail(NotText);
        return Lend(_bytes.Memory, isEnd: true);
    }

    private ReadStep Lend(ReadOnlyMemory<byte> payload, bool isEnd)
    {
        (Payload, IsText, IsEnd, IsLent) = (payload, _kind == Opcode.Text, isEnd, true);
        if (isEnd) _kind = Opcode.Continuation;
        return ReadStep.Message;
    }

    /// <summary>There is nothing to read: what was put together so far is a part, for who wants parts.</summary>
    private ReadStep PartOrMore(bool inParts) => inParts && _bytes.Length > 0 ? Lend(_bytes.Memory, isEnd: false) : ReadStep.NeedsMore;

    private ReadStep Fail(CloseStatus failure)
    {
        Failure = failure;
        return ReadStep.Failed;
    }

    /// <summary>Takes what lies in one piece of the frame's payload off the input, without its mask.</summary>
    private Memory<byte> Unmask(ref ReadOnlySequence<byte> input)
    {
        var first = input.First;
        var piece = MemoryMarshal.AsMemory(first[..(int)Math.Min(first.Length, _left)]);
        _mask = Masking.Remove(piece.Span, _mask);
        _left -= piece.Length;
        input = input.Slice(piece.Length);
        return piece;
    }
}
