using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Endless.Http.Native;

/// <summary>The errno values this library looks at (Linux, the same on every architecture .NET runs on).</summary>
internal static class Errno
{
    internal const int EPERM = 1;
    internal const int ENOENT = 2;
    internal const int ESRCH = 3;
    internal const int EINTR = 4;
    internal const int EBADF = 9;
    internal const int EAGAIN = 11;
    internal const int ENOMEM = 12;
    internal const int EACCES = 13;
    internal const int EEXIST = 17;
    internal const int EINVAL = 22;
    internal const int ENFILE = 23;
    internal const int EMFILE = 24;
    internal const int ENOSPC = 28;
    internal const int EROFS = 30;
    internal const int EPIPE = 32;
    internal const int ENAMETOOLONG = 36;
    internal const int ENOSYS = 38;
    internal const int EPROTOTYPE = 91;
    internal const int EOPNOTSUPP = 95;
    internal const int EADDRINUSE = 98;
    internal const int EADDRNOTAVAIL = 99;
    internal const int ECONNRESET = 104;
    internal const int ENOBUFS = 105;
    internal const int ECONNREFUSED = 111;

    /// <summary>errno of the last call made through <see cref="Libc"/> on this thread.</summary>
    internal static int Last => Marshal.GetLastPInvokeError();

    /// <summary>Sets <see cref="Last"/> for a call that was refused without being made. -1, the result of a call that failed.</summary>
    internal static int Fail(int errno)
    {
        Marshal.SetLastPInvokeError(errno);
        return -1;
    }

    /// <summary>What the system says about an errno value: <c>Address already in use</c>.</summary>
    internal static string Describe(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    /// <summary>The exception for a call that cannot fail unless the process is out of resources.</summary>
    internal static Win32Exception Exception(string call) => new(Last, $"{call}: {Describe(Last)}");
}
