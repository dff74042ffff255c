using Endless.Http.Native;

namespace Endless.Http.Workers;

/// <summary>How many threads of a process may be in code that blocks: what memory and the system's limits of threads allow, 2,000 at most.</summary>
internal static class WorkerLimit
{
    private const int Most = 2_000;
    private const int Least = 16;

    /// <summary>A thread's kernel stack and the touched part of its own: bytes.</summary>
    private const int ThreadBytes = 100 * 1024;

    /// <summary>Of the memory that the process may have (its cgroup's, in a container), threads that wait may hold this part.</summary>
    private const int MemoryPart = 8;

    /// <summary>Of the threads that the process may have: in a restart two generations have them, and .NET needs some of its own, to end on a SIGTERM if for nothing else.</summary>
    private const int ThreadPart = 3;

    /// <summary>The limit for this process, now.</summary>
    internal static int Find() => For(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, Math.Min(Libc.ThreadLimit(), ControlGroup.PidsMax()));

    /// <summary>The limit for so much memory and so many threads.</summary>
    internal static int For(long memory, long threads) => (int)Math.Clamp(Math.Min(memory / MemoryPart / ThreadBytes, threads / ThreadPart), Least, Most);
}
