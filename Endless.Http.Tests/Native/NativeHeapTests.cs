using System.Runtime.InteropServices;
using Endless.Http.Native;
using Endless.Http.Tests.Http1;

namespace Endless.Http.Tests.Native;

/// <summary>The memory of the whole process is looked at: nothing else may run meanwhile.</summary>
[Collection(nameof(IdleMemoryTests))]
public unsafe class NativeHeapTests
{
    [Fact]
    public void A_trim_gives_back_the_free_pages_between_blocks_in_use()
    {
        // Too small to be mapped on their own, and none next to another free one at the end: nothing but a trim gives these back.
        const int count = 4_000, size = 64 * 1024;
        var blocks = new nint[count];
        for (var i = 0; i < count; i++)
        {
            blocks[i] = (nint)NativeMemory.Alloc(size);
            new Span<byte>((void*)blocks[i], size).Fill(1);
        }
        for (var i = 0; i < count; i += 2) NativeMemory.Free((void*)blocks[i]);
        var before = Environment.WorkingSet;
        NativeHeap.Trim();
        var after = Environment.WorkingSet;
        for (var i = 1; i < count; i += 2) NativeMemory.Free((void*)blocks[i]);
        // Half of 250 MiB was free.
        if (NativeHeap.CanTrim) Assert.InRange(before - after, 32L * 1024 * 1024, long.MaxValue);
    }
}
