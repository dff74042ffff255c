namespace Endless.Http.Signals;

/// <summary>
/// Threads of .NET's pool that are there before they are needed, and stay. .NET brings SIGHUP to its handler by the pool, and ends the process where that cannot start a thread then: at RLIMIT_NPROC or
/// <c>pids.max</c>, and without a descriptor for the pipe that a new thread has for a moment.
/// </summary>
internal static class PoolThreads
{
    private const string KeptAlive = "System.Threading.ThreadPool.ThreadsToKeepAlive";

    /// <summary>One that has begun waits for the others, else it would do their work: but no longer than this, where the system has not so many.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Has the pool start two for each processor: the one that it wants before it looks whether more help, and one for the more that it tries then. Does not wait for them. They stay if nothing has used
    /// the pool before, and if the program has not chosen otherwise; else they end after 20 s without work.
    /// </summary>
    internal static void Reserve()
    {
        ThreadPool.GetMinThreads(out var least, out _);
        var count = 2 * least;
        if (AppContext.GetData(KeptAlive) is null) AppContext.SetData(KeptAlive, count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var missing = count;
        // A wait for a task tells the pool to make up for the thread, at once for as many as there are processors.
        var all = new TaskCompletionSource();
        for (var i = 0; i < count; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                if (Interlocked.Decrement(ref missing) == 0) all.SetResult();
                else all.Task.Wait(Patience);
            }, null);
        }
    }
}
