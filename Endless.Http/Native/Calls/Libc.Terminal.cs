using System.Runtime.InteropServices;

namespace Endless.Http.Native;

// The controlling terminal: credentials(7), tcgetpgrp(3).
internal static unsafe partial class Libc
{
    /// <summary>The process group in the foreground of the controlling terminal; negative if the descriptor is not that terminal.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int tcgetpgrp(int fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getpgid(int pid);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsid(int pid);
}
