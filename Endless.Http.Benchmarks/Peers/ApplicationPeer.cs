using Endless.Http.Benchmarks.Applications;
using Endless.Http.Load;

namespace Endless.Http.Benchmarks.Peers;

/// <summary>An ASP.NET Core application on one of its servers, a mode of this program (<see cref="BenchApplication"/>).</summary>
/// <param name="server">Which server.</param>
/// <param name="part">What of the application is asked for.</param>
internal sealed class ApplicationPeer(ApplicationServer server, string part) : Peer
{
    public override string Name => server == ApplicationServer.Endless ? "Endless.Http" : "Kestrel";

    public override string? Lacks(Work work) => part == "database" ? PostgresDatabase.Lack : null;

    public override Task<PeerProcess> StartAsync(Protocol protocol, SelfSignedFiles certificate) =>
        PeerProcess.StartAsync(Environment.ProcessPath!, [BenchApplication.Mode, server.ToString(), protocol.ToString(), part]);
}
