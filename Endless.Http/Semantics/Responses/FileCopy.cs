using System.Buffers;
using Endless.Http.Native;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Semantics;

/// <summary>A part of a file, read a block at a time. A read that the disk has to answer is made on a thread of the runtime's pool.</summary>
internal static class FileCopy
{
    /// <summary>Bytes of a read: fewer cost more calls, and more cost memory for each response that waits for its client.</summary>
    public const int BlockSize = 64 * 1024;

    /// <summary>Throws for what is no part of a file.</summary>
    /// <exception cref="EndOfStreamException">The file has less.</exception>
    public static void Check(SafeFileHandle file, long offset, long length)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var size = RandomAccess.GetLength(file);
        if (length > size - offset) throw Ended(offset, length, size);
    }

    /// <summary>What is thrown for a file that has less than was to be sent.</summary>
    public static EndOfStreamException Ended(long offset, long length, long size) =>
        new($"{length} bytes from byte {offset} of a file were to be sent, and it has {size}: was it cut off meanwhile? Replace a file that is served by renaming a new one over it.");

    /// <summary>Fills a buffer from a place in the file.</summary>
    /// <exception cref="EndOfStreamException">The file has less.</exception>
    public static async ValueTask ReadAsync(SafeFileHandle file, Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        for (var filled = 0; filled < buffer.Length;)
        {
            var read = CachedRead.TryRead(file, buffer.Span[filled..], offset + filled);
            if (read < 0) read = await RandomAccess.ReadAsync(file, buffer[filled..], offset + filled, cancellationToken).ConfigureAwait(false);
            if (read == 0) throw Ended(offset, buffer.Length, offset + filled);
            filled += read;
        }
    }

    /// <summary>Reads a part, and has each block written. False if a write said so.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="length">Bytes of it.</param>
    /// <param name="write">Writes a block, which is used again when it is done; false ends the copy.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EndOfStreamException">The file has less.</exception>
    public static async ValueTask<bool> CopyAsync(SafeFileHandle file, long offset, long length, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<bool>> write, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(length, BlockSize));
        try
        {
            while (length > 0)
            {
                var block = buffer.AsMemory(0, (int)Math.Min(length, BlockSize));
                await ReadAsync(file, block, offset, cancellationToken).ConfigureAwait(false);
                if (!await write(block, cancellationToken).ConfigureAwait(false)) return false;
                offset += block.Length;
                length -= block.Length;
            }
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
