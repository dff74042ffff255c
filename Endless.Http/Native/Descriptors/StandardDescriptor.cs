namespace Endless.Http.Native;

/// <summary>
/// The descriptors 0, 1 and 2 of this process. Descriptor reuse: one closed at the start goes to a later file, a runtime's pipe or a listening socket, to which
/// <c>Console</c> would then write. One whose terminal is gone fails each write (EIO).
/// </summary>
internal static unsafe class StandardDescriptor
{
    /// <summary>What stands in for one that is not usable.</summary>
    internal const string Nothing = "/dev/null";

    /// <summary>It is what whoever started the process gave it, and its terminal, if it is one, is still there.</summary>
    internal static bool IsUsable(int descriptor) => IsInherited(descriptor) && !IsHungUp(descriptor);

    /// <summary>It came over exec: what the process has opened itself is close-on-exec.</summary>
    internal static bool IsInherited(int descriptor) => Libc.fcntl(descriptor, Libc.F_GETFD, 0) is var flags && flags >= 0 && (flags & Libc.FD_CLOEXEC) == 0;

    /// <summary>Puts /dev/null in the place of each that is closed or hung up. One that the runtime has made something of meanwhile stays as it is.</summary>
    internal static void Open()
    {
        for (var descriptor = 0; descriptor < PosixSpawn.FirstDescriptor; descriptor++)
        {
            if (Libc.fcntl(descriptor, Libc.F_GETFD, 0) >= 0 && !(IsInherited(descriptor) && IsHungUp(descriptor))) continue;
            var nothing = Libc.open(Nothing, Libc.O_RDWR | Libc.O_CLOEXEC, 0);
            if (nothing < 0) return;
            if (nothing == descriptor)
            {
                _ = Libc.fcntl(descriptor, Libc.F_SETFD, 0);
                continue;
            }
            _ = Libc.dup2(nothing, descriptor);
            _ = Libc.close(nothing);
        }
    }

    /// <summary>A terminal that is gone has both flags; a pipe with its other end closed, one.</summary>
    private static bool IsHungUp(int descriptor)
    {
        const short gone = Libc.POLLERR | Libc.POLLHUP;
        var polled = new Libc.PollDescriptor { Fd = descriptor };
        return Libc.poll(&polled, 1, 0) == 1 && (polled.ReturnedEvents & gone) == gone;
    }
}
