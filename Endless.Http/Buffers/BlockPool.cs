using System.Buffers;

namespace Endless.Http.Buffers;

/// <summary>Memory for bytes on their way to and from sockets. Thread-safe.</summary>
/// <remarks>
/// Up to a page is a page, from the thread's own (<see cref="ThreadArrays{T}"/>) or else from <c>ArrayPool.Shared</c>. Larger blocks from a pool of its own, so that a burst's can be
/// dropped at once: <c>Shared</c> keeps 32 arrays of each size for each core, 4 MiB of 64 KiB blocks on two, and while memory is not short it drops one of each size and core at a time,
/// 60 s after it saw it unused.
/// </remarks>
internal sealed class BlockPool : ArrayPool<byte>
{
    /// <summary>The length of the shortest arrays there are.</summary>
    private const int PageLength = 4 * 1024;

    /// <summary>Arrays over this length are not kept.</summary>
    private const int LongestKept = 64 * 1024;

    /// <summary>Arrays of each size that are kept.</summary>
    private const int KeptOfEach = 64;

    private volatile ArrayPool<byte>? _large;

    public override byte[] Rent(int minimumLength) =>
        minimumLength > PageLength ? Large.Rent(minimumLength) : ThreadArrays<byte>.TryRent() ?? Shared.Rent(PageLength);

    public override void Return(byte[] array, bool clearArray = false)
    {
        if (array.Length > PageLength)
        {
            Large.Return(array, clearArray);
            return;
        }
        if (clearArray) Array.Clear(array);
        if (!ThreadArrays<byte>.TryReturn(array)) Shared.Return(array);
    }

    /// <summary>Drops the larger blocks that are not lent, for the next collection. Lent blocks may come back: the pool that is there then takes them.</summary>
    public void Trim() => _large = null;

    // Race: two threads may each make a pool; the arrays of the lost one are garbage, as after a trim.
    private ArrayPool<byte> Large => _large ??= Create(LongestKept, KeptOfEach);
}
