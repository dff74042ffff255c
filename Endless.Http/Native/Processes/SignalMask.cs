namespace Endless.Http.Native;

/// <summary>
/// Which signals wait. A new generation starts with those that the library handles blocked, so a signal that precedes its handlers does not kill it: the signal
/// stays pending over exec and while the runtime starts, and is delivered once the handlers are there.
/// </summary>
/// <remarks>
/// <para>
/// Each thread has a mask of its own and gives it to the threads and subprocesses that it starts; .NET's <c>Process.Start</c> leaves a subprocess the mask of the
/// calling thread. A signal to the process goes to any thread that has it unblocked. So the thread that first touches the library registers the handlers and unblocks
/// there and then; those that it starts from then on (event loops, workers, the pool's threads) have them unblocked too.
/// </para>
/// <para>
/// The runtime's own threads keep them blocked (finalizer, compiler, debugger; the one that reads signals from a pipe starts others: so what it calls unblocks first). So does
/// a thread or a subprocess that the application starts before its first use of the library: nothing can change another thread's mask.
/// </para>
/// </remarks>
internal static unsafe class SignalMask
{
    private const int SetBytes = 128; // sizeof(sigset_t), glibc and musl

    /// <summary>SIGHUP, SIGUSR1, SIGUSR2, SIGINT, SIGTERM, SIGTSTP: those of <c>HandledSignals.All</c>, a floor above.</summary>
    internal static ReadOnlySpan<int> Handled => [1, 10, 12, 2, 15, 20];

    /// <summary>Has the handled signals delivered to the calling thread; whoever started the process may have blocked them, too.</summary>
    internal static void UnblockHandled()
    {
        var set = stackalloc byte[SetBytes];
        Fill(set, Handled);
        _ = Libc.pthread_sigmask(Libc.SIG_UNBLOCK, set, null);
    }

    /// <summary>Makes a sigset_t of these signals.</summary>
    internal static void Fill(void* set, ReadOnlySpan<int> signals)
    {
        _ = Libc.sigemptyset(set);
        foreach (var signal in signals) _ = Libc.sigaddset(set, signal);
    }
}
