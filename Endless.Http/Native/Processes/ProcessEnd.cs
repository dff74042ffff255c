namespace Endless.Http.Native;

/// <summary>The end of a process that may be another's child.</summary>
internal static unsafe class ProcessEnd
{
    /// <summary>Waits for it, asleep. False at once if it cannot be watched: it has ended, or the kernel or a seccomp filter refuses pidfd_open(2).</summary>
    internal static bool TryWait(int processId)
    {
        var descriptor = Libc.pidfd_open(processId, 0);
        if (descriptor < 0) return false;
        var ended = new Libc.PollDescriptor { Fd = descriptor, Events = Libc.POLLIN };
        while (Libc.poll(&ended, 1, -1) < 0 && Errno.Last == Errno.EINTR) { }
        _ = Libc.close(descriptor);
        return true;
    }
}
