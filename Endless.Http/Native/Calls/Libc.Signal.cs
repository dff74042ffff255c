using System.Runtime.InteropServices;

namespace Endless.Http.Native;

// sigaction(2) and pthread_sigmask(3).
internal static unsafe partial class Libc
{
    /// <summary>sizeof(struct sigaction) is 152 with glibc and less with musl; the handler comes first.</summary>
    private const int SigactionRoom = 256;

    private const nint SIG_IGN = 1;

    internal const int SIG_UNBLOCK = 1;

    [LibraryImport("libc")]
    private static partial int sigaction(int signal, byte* action, byte* previous);

    /// <summary>Returns an errno value, 0 for success.</summary>
    [LibraryImport("libc")]
    internal static partial int pthread_sigmask(int how, void* signalSet, void* previous);

    [LibraryImport("libc")]
    internal static partial int sigemptyset(void* signalSet);

    [LibraryImport("libc")]
    internal static partial int sigfillset(void* signalSet);

    [LibraryImport("libc")]
    internal static partial int sigaddset(void* signalSet, int signal);

    /// <summary>A signal is ignored.</summary>
    internal static bool IsIgnored(int signal)
    {
        var action = stackalloc byte[SigactionRoom];
        return sigaction(signal, null, action) == 0 && *(nint*)action == SIG_IGN;
    }

    /// <summary>Gives an ignored signal its default action back.</summary>
    internal static void StopIgnoring(int signal)
    {
        if (!IsIgnored(signal)) return;
        var action = stackalloc byte[SigactionRoom];
        new Span<byte>(action, SigactionRoom).Clear(); // SIG_DFL, no flags, an empty mask
        _ = sigaction(signal, action, null);
    }
}
