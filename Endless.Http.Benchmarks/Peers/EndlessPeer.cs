using Endless.Http.Load;

namespace Endless.Http.Benchmarks.Peers;

/// <summary>Our own server: the example <c>benchserver</c>, published.</summary>
/// <param name="examples">The program.</param>
internal sealed class EndlessPeer(string examples) : Peer
{
    public override string Name => "Endless.Http";

    public override string? Lacks(Work work) => null;

    public override Task<PeerProcess> StartAsync(Protocol protocol, SelfSignedFiles certificate) =>
        PeerProcess.StartAsync(examples, ["benchserver", "127.0.0.1:0", .. protocol is Protocol.Http1OverTls or Protocol.Http2OverTls ? certificate.Names : []]);
}
