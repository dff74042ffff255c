namespace Endless.Http.Buffers;

/// <summary>A few arrays of one length for each thread, in front of a shared pool.</summary>
/// <remarks>
/// A request needs several arrays of the same length at once. <c>ArrayPool.Shared</c> has one of each length for a thread without a lock; the second is under the lock of a
/// core's stack, taken and left twice a request: a tenth of the time that a plaintext request spends in user mode, together with finding out which core that is.
/// No lock here: an array is its thread's alone, or its tenant's. What a thread has is garbage when it ends.
/// </remarks>
/// <typeparam name="T">The elements' type. All its arrays here have one length: whoever uses the type sees to that.</typeparam>
internal static class ThreadArrays<T>
{
    /// <summary>What one request takes, with TLS around it.</summary>
    private const int Kept = 4;

    // Of a thread, not of the process.
    [ThreadStatic]
    private static Stack? _stack;

    /// <summary>An array of the calling thread's, null if it has none. What is in it is whatever its last tenant left there.</summary>
    public static T[]? TryRent()
    {
        if (_stack is not { Count: > 0 } stack) return null;
        ref var slot = ref stack.Slots[--stack.Count];
        var array = slot.Array;
        slot.Array = null;
        return array;
    }

    /// <summary>Keeps an array for the calling thread. False if it has enough of them.</summary>
    public static bool TryReturn(T[] array)
    {
        var stack = _stack ??= new Stack();
        if (stack.Count == Kept) return false;
        stack.Slots[stack.Count++].Array = array;
        return true;
    }

    private sealed class Stack
    {
        public readonly Slot[] Slots = new Slot[Kept];
        public int Count;
    }

    // A struct around it, because an array of arrays checks the type of whatever is put in.
    private struct Slot
    {
        public T[]? Array;
    }
}
