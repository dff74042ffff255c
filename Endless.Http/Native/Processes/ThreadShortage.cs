namespace Endless.Http.Native;

/// <summary>.NET says "out of memory" of every thread that the system does not give.</summary>
internal static class ThreadShortage
{
    /// <summary>What to look at, behind "the system has no thread for it". A new thread has a pipe for a moment.</summary>
    internal const string Causes = "(RLIMIT_NPROC or RLIMIT_NOFILE in setrlimit(2), or pids.max of the cgroup)";
}
