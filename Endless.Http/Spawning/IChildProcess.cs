using Endless.Http.Channels;
using Endless.Http.Native;

namespace Endless.Http.Spawning;

/// <summary>The process of the next generation as its parent sees it.</summary>
internal interface IChildProcess
{
    /// <summary>Its process id.</summary>
    int Id { get; }

    /// <summary>This process's end of the control channel.</summary>
    ControlChannel Control { get; }

    /// <summary>Completes when it has ended and is reaped.</summary>
    Task<ExitStatus> Exited { get; }

    /// <summary>Kills it by SIGKILL; nothing if it has ended.</summary>
    void Kill();
}
