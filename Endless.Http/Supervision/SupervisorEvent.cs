using Endless.Http.Native;
using Endless.Http.Signals;

namespace Endless.Http.Supervision;

/// <summary>What happens to a supervisor.</summary>
internal abstract record SupervisorEvent
{
    /// <summary>A signal has arrived.</summary>
    /// <param name="Value">Which.</param>
    /// <param name="IsTyped">A terminal sent it (Ctrl+C), and the main process has it from there too.</param>
    internal sealed record Signal(HandledSignal Value, bool IsTyped = false) : SupervisorEvent;

    /// <summary>A process has said something; it runs as the same user, or is the main one.</summary>
    internal sealed record Message(int Sender, ManagerMessage Said) : SupervisorEvent;

    /// <summary>A process has ended. The status is unknown where another process reaped it.</summary>
    internal sealed record Ended(int ProcessId, ExitStatus Status) : SupervisorEvent;

    /// <summary>The program was started.</summary>
    internal sealed record Started(int ProcessId) : SupervisorEvent;

    /// <summary>The program could not be started.</summary>
    internal sealed record StartFailed(string Reason) : SupervisorEvent;

    /// <summary>It is so late.</summary>
    internal sealed record Time : SupervisorEvent;
}
