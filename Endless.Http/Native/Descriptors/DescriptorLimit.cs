namespace Endless.Http.Native;

/// <summary>RLIMIT_NOFILE, which bounds the numbers of descriptors and so how many a process has. It can be changed from outside at any time (prlimit(2)), so it is looked up at each question. Thread-safe.</summary>
internal static class DescriptorLimit
{
    /// <summary>
    /// Connections may take no more: only the reserved descriptors are left, an eighth of all, 4 to 64. The runtime has them for the pipe that a new thread has for a moment, and ends the process where there is none.
    /// </summary>
    internal static bool LeavesReservedOnly()
    {
        var reserved = FirstReserved();
        // Descriptors are given out lowest first, so the highest is nearly always free, and there is room below it.
        if (IsFree((int)reserved - 1)) return false;
        var next = Libc.dup(0);
        if (next < 0) return true;
        _ = Libc.close(next);
        return next >= reserved;
    }

    /// <summary>Descriptors below the reserved ones: what connections, and whatever else the process has open, may take.</summary>
    internal static long ForConnections() => FirstReserved();

    /// <summary>It is one of those that connections must leave, or beyond.</summary>
    internal static bool IsReserved(int descriptor) => descriptor >= FirstReserved();

    /// <summary>So many can be made, as of now. Takes none to find out: another thread may need the last.</summary>
    internal static bool Leaves(int count)
    {
        for (var descriptor = (int)Libc.DescriptorLimit() - 1; descriptor >= 0 && count > 0; descriptor--)
            if (IsFree(descriptor)) count--;
        return count == 0;
    }

    private static long FirstReserved()
    {
        var limit = Libc.DescriptorLimit();
        return limit - Math.Clamp(limit / 8, 4, 64);
    }

    private static bool IsFree(int descriptor) => Libc.fcntl(descriptor, Libc.F_GETFD, 0) < 0;
}
