using Endless.Http.Load;

namespace Endless.Http.Benchmarks.Peers;

/// <summary>A server to measure: a program that prints <c>Listening on ADDRESS, pid PID</c>.</summary>
/// <param name="Name">As the table calls it.</param>
/// <param name="StartAsync">Starts it on a free port of 127.0.0.1 and waits until it listens.</param>
internal sealed record Peer(string Name, Func<Task<ServerProcess>> StartAsync)
{
    /// <param name="examples">The examples' program: its test server is measured.</param>
    /// <param name="certificate">To speak TLS; null for the clear.</param>
    public static Peer Endless(string examples, CertificateFiles? certificate = null) =>
        new("Endless.Http", () => ServerProcess.StartAsync(examples, ["testserver", "--addr", "127.0.0.1:0", .. certificate is null ? [] : (string[])["--tls", .. certificate.Names]]));

    /// <summary>A mode of this program.</summary>
    /// <param name="certificate">To speak TLS; null for the clear.</param>
    public static Peer Kestrel(CertificateFiles? certificate = null) =>
        new("Kestrel", () => ServerProcess.StartAsync(Environment.ProcessPath!, [KestrelServer.Mode, .. certificate?.Names ?? []]));
}
