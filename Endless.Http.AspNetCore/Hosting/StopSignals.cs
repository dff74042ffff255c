using System.Runtime.InteropServices;
using Endless.Http.Generations;

namespace Endless.Http.AspNetCore.Hosting;

/// <summary>
/// Notes the signals that stop, which the host handles: a stop by one of them means the service, with the generations before and after this one, and a stop by the program means this process alone. Thread-safe.
/// </summary>
internal static class StopSignals
{
    private static readonly Lock Gate = new();
    private static PosixSignalRegistration[] _registrations = []; // one that is not referenced would be undone by its finalizer
    private static volatile bool _hasCome;

    /// <summary>One has come: the stop that follows is the service's.</summary>
    public static bool HasCome => _hasCome;

    /// <summary>
    /// Begins, or begins anew. Order of handlers: .NET calls that first which was registered last, and the host's stops it. So this is to be called once the host has its own, which it has before it starts its services.
    /// </summary>
    public static void Watch(Generation generation)
    {
        lock (Gate)
        {
            var before = _registrations;
            _registrations = Array.ConvertAll<PosixSignal, PosixSignalRegistration>([PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT], signal => PosixSignalRegistration.Create(signal, _ => Note(generation)));
            foreach (var registration in before) registration.Dispose();
        }
    }

    /// <summary>It is not canceled: where no host handles it, it ends the process by its default action.</summary>
    private static void Note(Generation generation)
    {
        _hasCome = true;
        // Race: a service manager signals it before it hears of the new main process. The host has stopped by then, and will not say so again.
        if (generation.Succession.IsDone) generation.StopAsSignal();
    }
}
