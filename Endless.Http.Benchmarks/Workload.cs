namespace Endless.Http.Benchmarks;

/// <summary>What wrk asks of a server.</summary>
/// <param name="Name">As the command line calls it.</param>
/// <param name="Path">The request target.</param>
/// <param name="Connections">Keep-alive connections, each with one request under way.</param>
internal sealed record Workload(string Name, string Path, int Connections)
{
    public static Workload Plaintext { get; } = new("plaintext", "/", 64);

    /// <summary>The same over TLS.</summary>
    public static Workload Tls { get; } = new("tls", "/", 64) { Scheme = "https" };

    /// <summary>A full TLS handshake for each request.</summary>
    public static Workload Handshakes { get; } = new("handshakes", "/", 16) { Scheme = "https", Header = "Connection: close" };

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public string Scheme { get; private init; } = "http";

    /// <summary>A field line for each request; null for none.</summary>
    public string? Header { get; private init; }
}
