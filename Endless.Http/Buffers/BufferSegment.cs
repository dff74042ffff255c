using System.Buffers;

namespace Endless.Http.Buffers;

/// <summary>A pooled block of received bytes, linked to the next. Owned by one <see cref="BlockPipeReader"/>.</summary>
internal sealed class BufferSegment : ReadOnlySequenceSegment<byte>
{
    private byte[] _block = [];

    /// <summary>Bytes received so far, from the start of the block.</summary>
    public int End { get; private set; }

    /// <summary>Use after free: a reader may keep the block for ever. Never overwritten or returned to a pool.</summary>
    public bool IsKept { get; set; }

    /// <summary>The block that follows, null if this is the last.</summary>
    public BufferSegment? NextSegment => (BufferSegment?)Next;

    /// <summary>The bytes received so far.</summary>
    public ReadOnlySpan<byte> Filled => _block.AsSpan(0, End);

    /// <summary>The part of the block that is still empty.</summary>
    public Memory<byte> Free => _block.AsMemory(End);

    /// <summary>Takes a block of at least <paramref name="size"/> bytes from a pool.</summary>
    public void Rent(ArrayPool<byte> pool, int size)
    {
        _block = pool.Rent(size);
        End = 0;
    }

    /// <summary><paramref name="count"/> more bytes of the block are filled.</summary>
    public void Fill(int count)
    {
        End += count;
        Memory = new ReadOnlyMemory<byte>(_block, 0, End);
    }

    /// <summary>Starts again with an empty block.</summary>
    public void Rewind()
    {
        End = 0;
        Memory = default;
    }

    /// <summary>Links <paramref name="next"/> behind this one.</summary>
    public void Append(BufferSegment next)
    {
        next.RunningIndex = RunningIndex + End;
        Next = next;
    }

    /// <summary>Gives the block back to its pool.</summary>
    public void Return(ArrayPool<byte> pool)
    {
        pool.Return(_block);
        _block = [];
        End = 0;
        Memory = default;
        Next = null;
        RunningIndex = 0;
    }
}
