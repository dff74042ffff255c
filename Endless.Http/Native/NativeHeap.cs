using System.Runtime.InteropServices;

namespace Endless.Http.Native;

/// <summary>The heap of the C library, which the runtime and its compiler take their memory from.</summary>
internal static unsafe class NativeHeap
{
    // glibc has it, musl has not: looked up by name, where a declared import would fail in use.
    private static readonly delegate* unmanaged<nuint, int> MallocTrim = (delegate* unmanaged<nuint, int>)Find("malloc_trim");

    /// <summary>The C library can trim its heap.</summary>
    internal static bool CanTrim => MallocTrim != null;

    /// <summary>
    /// Gives pages that nothing lies in back to the kernel, where the C library can (malloc_trim(3)). By itself glibc does so only at the end of a heap, and each thread has
    /// its own: after a few seconds of load the thread that compiles hot methods anew leaves 8 MB behind, nearly all of it free.
    /// </summary>
    internal static void Trim()
    {
        if (CanTrim) _ = MallocTrim(0);
    }

    private static void* Find(string name) => NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), name, out var address) ? (void*)address : null;
}
