namespace Endless.Http.Spawning;

/// <summary>The process and its surroundings as the restart code sees them, so that its logic is tested without starting a process.</summary>
internal interface IProcessHost
{
    /// <summary>This process's id.</summary>
    int ProcessId { get; }

    /// <summary>The value of an environment variable, which is removed so that no subprocess inherits it; null if it is not set.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="passOn">The next generation gets it all the same.</param>
    string? TakeVariable(string name, bool passOn = false);

    /// <summary>Gives the next generation an environment variable that subprocesses do not get.</summary>
    void PassOnVariable(string name, string value);

    /// <summary>
    /// Makes an inherited descriptor close-on-exec. False if there is none of that number or it is no socket in the wanted state: then it is somebody else's and left alone.
    /// </summary>
    bool Adopt(int descriptor, bool listening);

    /// <summary>Closes an adopted descriptor.</summary>
    void Close(int descriptor);

    /// <summary>Starts this program once more, with the listeners and one end of a control channel.</summary>
    /// <exception cref="IOException">It cannot be started; the message says why.</exception>
    IChildProcess Spawn(IReadOnlyList<ListenerDescriptor> listeners);
}
