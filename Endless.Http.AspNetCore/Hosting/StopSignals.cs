using System.Runtime.InteropServices;
using Endless.Http.Generations;

namespace Endless.Http.AspNetCore.Hosting;

/// <summary>
/// Notes the signals that stop, which the host handles: a stop by one of them means the service, with the generations before and after this one, and a stop by the program means this process alone. Thread-safe.
/// </summary>
internal static class StopSignals
{
    // One that is not referenced would be undone by its finalizer.
    private static PosixSignalRegistration[] _registrations = [];
    private static volatile bool _hasCome;

    /// <summary>One has come: the stop that follows is the service's.</summary>
    public static bool HasCome => _hasCome;

    /// <summary>Begins; once in a process.</summary>
    public static void Watch(Generation generation) => _registrations =
    [
        .. ((PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT]).Select(signal => PosixSignalRegistration.Create(signal, _ =>
        {
            // Not canceled: where no host handles it, it ends the process by its default action.
            _hasCome = true;
            // Race: a service manager signals it before it hears of the new main process. The host has stopped by then, and will not say so again.
            if (generation.Succession.IsDone) generation.StopAsSignal();
        })),
    ];
}
