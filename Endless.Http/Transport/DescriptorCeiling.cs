using Endless.Http.Native;

namespace Endless.Http.Transport;

/// <summary>
/// Up to which number the process's connections may take descriptors. The rest, up to the limit (RLIMIT_NOFILE), is the runtime's: without one it
/// cannot even start a thread, and ends the process.
/// </summary>
/// <remarks>Descriptors are given out lowest first, so a number near the limit means that nearly all are taken. Thread-safe: two threads may both look the limit up, to no harm.</remarks>
internal sealed class DescriptorCeiling
{
    /// <summary>The limit can be changed from outside (prlimit(2)), so it is looked up again now and then: milliseconds.</summary>
    private const long LookUpInterval = 1_000;

    private long _lookedUp = long.MinValue / 2;
    private long _ceiling;

    /// <summary>The descriptor is one of the last that connections may take, or beyond.</summary>
    public bool IsReached(int descriptor)
    {
        var now = Environment.TickCount64;
        if (now - Volatile.Read(ref _lookedUp) >= LookUpInterval)
        {
            var limit = Libc.DescriptorLimit();
            Volatile.Write(ref _ceiling, limit - Math.Clamp(limit / 8, 4, 64));
            Volatile.Write(ref _lookedUp, now);
        }
        return descriptor >= Volatile.Read(ref _ceiling);
    }

    /// <summary>The next descriptor would be one of those that connections must leave.</summary>
    public bool IsReached()
    {
        var next = Libc.dup(0);
        if (next < 0) return true;
        _ = Libc.close(next);
        return IsReached(next);
    }
}
