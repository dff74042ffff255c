namespace Endless.Http.Native;

/// <summary>What the calling thread has used since it began.</summary>
/// <param name="ProcessorTime">Microseconds that it ran, in user mode and in the kernel.</param>
/// <param name="Sleeps">How often it gave its processor up by itself: for a lock, a disk, a peer, a time.</param>
internal readonly record struct ThreadUsage(long ProcessorTime, long Sleeps)
{
    /// <summary>What the calling thread has used by now; null where the kernel does not say. A system call: 0.2 µs.</summary>
    public static ThreadUsage? Now => Libc.getrusage(Libc.RUSAGE_THREAD, out var usage) == 0
        ? new((usage.UserSeconds + usage.SystemSeconds) * 1_000_000 + usage.UserMicroseconds + usage.SystemMicroseconds, usage.VoluntarySwitches)
        : null;
}
