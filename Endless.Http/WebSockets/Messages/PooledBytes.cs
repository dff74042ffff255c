using System.Buffers;

namespace Endless.Http.WebSockets;

/// <summary>Bytes that are put together in a pooled array, which grows as they come and never by what a client says that will come. A mutable struct, a field of its owner.</summary>
internal struct PooledBytes
{
    private const int SmallestSize = 512;

    private byte[]? _array;

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes so far.</summary>
    public readonly ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Length);

    /// <summary>Copies bytes to the end.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Room at the end, for at least so many bytes.</summary>
    public Span<byte> Room(int size)
    {
        if (_array is null)
        {
            _array = ArrayPool<byte>.Shared.Rent(Math.Max(size, SmallestSize));
        }
        else if (_array.Length - Length < size)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + size, 2 * _array.Length));
            _array.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
            _array = larger;
        }
        return _array.AsSpan(Length);
    }

    /// <summary>So many bytes were written to the room.</summary>
    public void Advance(int count) => Length += count;

    /// <summary>Leaves the bytes to whoever has them, and the array to the garbage collector.</summary>
    public void Forget() => (_array, Length) = (null, 0);

    /// <summary>Drops the bytes and gives the array back.</summary>
    public void Release()
    {
        Length = 0;
        if (_array is null) return;
        ArrayPool<byte>.Shared.Return(_array);
        _array = null;
    }
}
