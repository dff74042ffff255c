using Endless.Http.Signals;

namespace Endless.Http.Supervision;

/// <summary>What a supervisor does.</summary>
internal abstract record SupervisorAction
{
    /// <summary>Starts the program; <see cref="SupervisorEvent.Started"/> or <see cref="SupervisorEvent.StartFailed"/> follows.</summary>
    internal sealed record Start : SupervisorAction;

    /// <summary>Sends a signal to a generation.</summary>
    internal sealed record Send(int ProcessId, HandledSignal Signal) : SupervisorAction;

    /// <summary>Keeps the descriptors that came with the message.</summary>
    internal sealed record Store(string Name) : SupervisorAction;

    /// <summary>Closes what is kept under a name.</summary>
    internal sealed record Forget(string Name) : SupervisorAction;

    /// <summary>Closes every listener that is kept.</summary>
    internal sealed record CloseListeners : SupervisorAction;

    /// <summary>Tells the service manager outside, if there is one.</summary>
    internal sealed record Tell(string Assignments) : SupervisorAction;

    /// <summary>The program crashed and is started anew after a pause.</summary>
    internal sealed record LogCrash(string What, TimeSpan Pause) : SupervisorAction;

    /// <summary>The program crashed and is not started anew.</summary>
    internal sealed record LogEnd(string What, bool HasServed) : SupervisorAction;

    /// <summary>Another generation is followed than the one that was named.</summary>
    internal sealed record LogFollowed(int ProcessId) : SupervisorAction;

    /// <summary>A generation comes too late.</summary>
    internal sealed record LogRefused(int ProcessId, int MainProcessId) : SupervisorAction;
}
