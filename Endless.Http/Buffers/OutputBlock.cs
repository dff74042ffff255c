using System.Buffers;

namespace Endless.Http.Buffers;

/// <summary>A pooled block that a pipe writer's user fills from its start on. A mutable struct, a field of its owner; the default has no memory.</summary>
internal struct OutputBlock
{
    private byte[]? _bytes;

    /// <summary>It has memory.</summary>
    public readonly bool IsRented => _bytes is not null;

    /// <summary>Bytes it can hold.</summary>
    public readonly int Capacity => _bytes?.Length ?? 0;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes that can still be written.</summary>
    public readonly int Room => Capacity - Length;

    /// <summary>Where the next bytes are written.</summary>
    public readonly Memory<byte> FreeMemory => _bytes.AsMemory(Length);

    /// <inheritdoc cref="FreeMemory"/>
    public readonly Span<byte> FreeSpan => _bytes.AsSpan(Length);

    /// <summary>What was written.</summary>
    public readonly ReadOnlyMemory<byte> Filled => _bytes.AsMemory(0, Length);

    /// <summary>What was written behind the first <paramref name="start"/> bytes.</summary>
    public readonly ReadOnlySpan<byte> FilledFrom(int start) => _bytes.AsSpan(start, Length - start);

    /// <summary>So many bytes were written.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such room.</exception>
    public void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)Room, nameof(bytes));
        Length += bytes;
    }

    /// <summary>It is empty again.</summary>
    public void Clear() => Length = 0;

    /// <summary>Takes memory for at least so many bytes. Only if there is none.</summary>
    public void Rent(ArrayPool<byte> pool, int size) => _bytes = pool.Rent(size);

    /// <summary>Gives the memory back, if there is any.</summary>
    public void Return(ArrayPool<byte> pool)
    {
        if (_bytes is { } bytes) pool.Return(bytes);
        _bytes = null;
        Length = 0;
    }
}
