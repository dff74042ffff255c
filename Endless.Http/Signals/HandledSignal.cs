namespace Endless.Http.Signals;

/// <summary>A signal that a server handles, with its number on Linux and its name in <c>Mono.Unix.Native.Signum</c>.</summary>
/// <remarks>
/// Used within the library instead of Signum, which only programs with hooks load: its assembly and the one that it needs cost a start-up 0.8 MB.
/// </remarks>
internal enum HandledSignal
{
    SIGHUP = 1,
    SIGUSR1 = 10,
    SIGUSR2 = 12,
    SIGINT = 2,
    SIGTERM = 15,
    SIGTSTP = 20,
}
