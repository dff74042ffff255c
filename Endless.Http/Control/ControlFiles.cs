using Endless.Http.Generations;

namespace Endless.Http.Control;

/// <summary>The pid file of a generation and the socket beside it. Thread-safe.</summary>
internal sealed class ControlFiles(Generation generation)
{
    private readonly Lock _lock = new();
    private PidFile? _pidFile;

    /// <summary>Puts this process's pid into a file, now or, if it continues another, when it is ready. The first path given counts.</summary>
    /// <exception cref="IOException">Another instance holds the file.</exception>
    internal void Acquire(string path)
    {
        lock (_lock)
        {
            if (_pidFile is null)
            {
                path = Path.GetFullPath(path);
                // Race: the socket first, so that a reader of the new pid can ask that process.
                generation.Observe(new RestartSocket(RestartSocket.PathFor(path), generation.Host.ProcessId, generation.HasPredecessor, generation.Loops, generation.RestartAsSignalAsync, () => generation.Logger));
                generation.Observe(_pidFile = new PidFile(path, generation.Host.ProcessId, generation.HasPredecessor, () => generation.Logger));
            }
        }
        _pidFile.Acquire();
    }
}
