namespace Endless.Http.Benchmarks;

/// <summary>What wrk asks of a server.</summary>
/// <param name="Name">As the command line calls it.</param>
/// <param name="Path">The request target.</param>
/// <param name="Connections">Keep-alive connections, each with one request under way.</param>
internal sealed record Workload(string Name, string Path, int Connections)
{
    public static Workload Plaintext { get; } = new("plaintext", "/", 64);
}
