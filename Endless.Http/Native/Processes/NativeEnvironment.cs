using System.Runtime.InteropServices;

namespace Endless.Http.Native;

/// <summary>The environment as libc has it. .NET's own copy is text: a byte that is no UTF-8 is a replacement character there.</summary>
internal static unsafe class NativeEnvironment
{
    /// <summary>Each <c>NAME=value</c>, as bytes.</summary>
    internal static List<byte[]> Read()
    {
        var entries = new List<byte[]>();
        // A variable of libc's, not a function: there is no other way to it.
        if (!NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "environ", out var address)) return entries;
        for (var entry = *(byte***)address; entry != null && *entry != null; entry++)
            entries.Add(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(*entry).ToArray());
        return entries;
    }
}
