using Endless.Http.Load;

namespace Endless.Http.Benchmarks.Peers;

/// <summary>A server to measure.</summary>
internal abstract class Peer
{
    /// <summary>As the tables call it.</summary>
    public abstract string Name { get; }

    /// <summary>Why it takes no part in some work, or in none: the program is missing, or it cannot do what is asked. Null if it takes part.</summary>
    public abstract string? Lacks(Work work);

    /// <summary>Starts it for some work on a free port of 127.0.0.1 and waits until it listens.</summary>
    public abstract Task<PeerProcess> StartAsync(Protocol protocol, SelfSignedFiles certificate);

    /// <summary>The path of a program; null if the machine has none of that name.</summary>
    public static string? FindProgram(string name) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/usr/local/go/bin".Split(':').Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
}
