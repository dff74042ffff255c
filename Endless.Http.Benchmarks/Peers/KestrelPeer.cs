using Endless.Http.Load;

namespace Endless.Http.Benchmarks.Peers;

/// <summary>Kestrel, a mode of this program (<see cref="KestrelServer"/>).</summary>
internal sealed class KestrelPeer : Peer
{
    public override string Name => "Kestrel";

    public override string? Lacks(Work work) => null;

    public override Task<PeerProcess> StartAsync(Protocol protocol, SelfSignedFiles certificate) =>
        PeerProcess.StartAsync(Environment.ProcessPath!, [KestrelServer.Mode, protocol.ToString(), .. certificate.Names]);
}
