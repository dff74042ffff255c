namespace Endless.Http.Native;

/// <summary>RLIMIT_NOFILE, which bounds the numbers of descriptors and so how many a process has. It can be changed from outside at any time (prlimit(2)), so it is looked up at each question. Thread-safe.</summary>
internal static class DescriptorLimit
{
    /// <summary>
    /// Only those that connections must leave are left: an eighth, 4 to 64. The runtime has them for the pipe that a new thread has for a moment, and ends the process where there is none.
    /// </summary>
    internal static bool LeavesConnectionsNone()
    {
        var ceiling = Ceiling();
        // Descriptors are given out lowest first, so the highest is nearly always free, and there is room below it.
        if (IsFree((int)ceiling - 1)) return false;
        var next = Libc.dup(0);
        if (next < 0) return true;
        _ = Libc.close(next);
        return next >= ceiling;
    }

    /// <summary>It is one of those that connections must leave, or beyond.</summary>
    internal static bool IsNoConnections(int descriptor) => descriptor >= Ceiling();

    /// <summary>So many can be made, as of now. Takes none to find out: another thread may need the last.</summary>
    internal static bool Leaves(int count)
    {
        for (var descriptor = (int)Libc.DescriptorLimit() - 1; descriptor >= 0 && count > 0; descriptor--)
            if (IsFree(descriptor)) count--;
        return count == 0;
    }

    private static long Ceiling()
    {
        var limit = Libc.DescriptorLimit();
        return limit - Math.Clamp(limit / 8, 4, 64);
    }

    private static bool IsFree(int descriptor) => Libc.fcntl(descriptor, Libc.F_GETFD, 0) < 0;
}
