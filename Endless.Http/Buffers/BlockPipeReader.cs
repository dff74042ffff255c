using System.Buffers;
using System.IO.Pipelines;

namespace Endless.Http.Buffers;

/// <summary>The half of a pipe reader that keeps what arrived, in pooled blocks, until it is consumed. What derives from it fills the blocks.</summary>
/// <remarks>For one flow at a time: the one that reads.</remarks>
internal abstract class BlockPipeReader : PipeReader
{
    /// <summary>Holds the heads of most requests; a page, so that the pool's arrays stay small.</summary>
    private const int FirstBlockSize = 4 * 1024;

    /// <summary>For a body that keeps coming: fewer calls.</summary>
    private const int LargeBlockSize = 64 * 1024;

    private BufferSegment? _head;
    private BufferSegment? _tail;
    private BufferSegment? _spare;
    private int _consumed;          // bytes of _head that the flow is done with
    private bool _examinedAll = true;
    private bool _filledLast;

    /// <summary>What arrived and was not consumed. Only while no read is under way.</summary>
    public ReadOnlySequence<byte> Unread =>
        _head is null ? default : new ReadOnlySequence<byte>(_head, _consumed, _tail!, _tail!.End);

    /// <summary>Where the blocks come from.</summary>
    protected abstract ArrayPool<byte> Blocks { get; }

    /// <summary>What of <see cref="Unread"/> lies in its first block. Only while no read is under way.</summary>
    public ReadOnlySpan<byte> FirstUnread => _head is null ? default : _head.Filled[_consumed..];

    /// <summary>Consumes bytes of <see cref="FirstUnread"/>, as <see cref="AdvanceTo(SequencePosition)"/> does; what is behind them is shown by the next read.</summary>
    public void Skip(int count)
    {
        _consumed += count;
        _examinedAll = _head == _tail && _consumed == _tail!.End;
    }

    /// <summary>Nothing more will arrive.</summary>
    protected bool Ended { get; set; }

    /// <summary>A read has an answer without waiting: bytes that the flow has not looked at, or the end.</summary>
    protected bool HasNews => !_examinedAll || Ended;

    /// <summary>The answer to a read.</summary>
    public ReadResult Result(bool canceled) => new(Unread, canceled, Ended);

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_head is null || consumed.GetObject() is not BufferSegment segment) return;
        // Use after free: a position in a block that was given back would take all the others with it.
        if (!Holds(segment) || consumed.GetInteger() > segment.End) throw new InvalidOperationException("The position is not of the last read's buffer.");
        while (_head != segment)
        {
            var done = _head;
            _head = done.NextSegment!;
            Recycle(done);
        }
        _consumed = consumed.GetInteger();
        _examinedAll = examined.GetObject() == _tail && examined.GetInteger() == _tail!.End;
    }

    /// <summary>Gives the blocks back; later reads find the end.</summary>
    public override void Complete(Exception? exception = null)
    {
        Ended = true;
        while (_head is { } segment)
        {
            _head = segment.NextSegment;
            Recycle(segment);
        }
        _tail = null;
        _consumed = 0;
        _examinedAll = true;
    }

    /// <summary>Completes this end without giving back the blocks that its user may still read: they are left to the garbage collector.</summary>
    public void Abandon()
    {
        // The segments stay as they are, linked and filled: they are the sequence that was handed out.
        _head = null;
        Complete();
    }

    /// <summary>
    /// Use after free: memory handed out may be read for longer than it is held here. Its blocks are used on, then left to the garbage collector, and never overwritten.
    /// </summary>
    public void KeepFromPool()
    {
        for (var segment = _head; segment is not null; segment = segment.NextSegment) segment.IsKept = true;
    }

    /// <summary>Bytes that somebody else received come before what arrives here. Before the first read.</summary>
    public void Preload(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        _head = _tail = NewSegment(Math.Max(bytes.Length, FirstBlockSize));
        bytes.CopyTo(_tail.Free.Span);
        _tail.Fill(bytes.Length);
        _examinedAll = false;
    }

    /// <summary>Has the next read show again what the last one left unconsumed.</summary>
    public void ShowUnread() => _examinedAll = Unread.IsEmpty;

    /// <summary>Empty room behind what arrived, a block if there is none: a larger one if the last was filled to its end.</summary>
    protected Memory<byte> MakeRoom()
    {
        if (_tail is null)
        {
            _head = _tail = NewSegment(_filledLast ? LargeBlockSize : FirstBlockSize);
            _consumed = 0;
        }
        else if (_head == _tail && _consumed == _tail.End)
        {
            if (_tail.IsKept) _head = _tail = NewSegment(FirstBlockSize);
            else _tail.Rewind();
            _consumed = 0;
        }
        if (_tail.Free.IsEmpty)
        {
            var next = NewSegment(LargeBlockSize);
            _tail.Append(next);
            _tail = next;
        }
        return _tail.Free;
    }

    /// <summary><paramref name="count"/> bytes arrived in the room. True if that filled it.</summary>
    protected bool Fill(int count)
    {
        _tail!.Fill(count);
        _examinedAll = false;
        return _filledLast = _tail.Free.IsEmpty;
    }

    /// <summary>An idle connection holds no block.</summary>
    protected void ReleaseIfEmpty()
    {
        if (_head is null || _head != _tail || _consumed != _tail.End) return;
        Recycle(_head);
        _head = _tail = null;
        _consumed = 0;
    }

    private BufferSegment NewSegment(int size)
    {
        var segment = _spare ?? new BufferSegment();
        _spare = null;
        segment.Rent(Blocks, size);
        return segment;
    }

    private bool Holds(BufferSegment segment)
    {
        for (var held = _head; held is not null; held = held.NextSegment)
            if (held == segment) return true;
        return false;
    }

    private void Recycle(BufferSegment segment)
    {
        if (segment.IsKept) return;
        segment.Return(Blocks);
        _spare = segment;
    }
}
