using Endless.Http.Load;

namespace Endless.Http.Benchmarks.Peers;

/// <summary>Go's net/http: <c>server.go</c> beside this file, compiled by the Go toolchain of the machine.</summary>
/// <param name="toolchain">Compiles it.</param>
internal sealed class GoPeer(GoToolchain toolchain) : Peer
{
    private string? _program;

    public override string Name => "Go net/http";

    public override string? Lacks(Work work) =>
        GoToolchain.Lacks() ?? (work.IsForHandlers ? "its program has none of what handlers are written with" : work.Protocol == Protocol.Http2 ? "Go's library has no HTTP/2 in the clear before 1.24" : null);

    public override async Task<PeerProcess> StartAsync(Protocol protocol, SelfSignedFiles certificate)
    {
        return await PeerProcess.StartAsync(await ProgramAsync(), ["127.0.0.1:0", .. protocol is Protocol.Http1OverTls or Protocol.Http2OverTls ? certificate.Names : []]);
    }

    /// <summary>Compiles it, once.</summary>
    public async Task<string> ProgramAsync() => _program ??= await toolchain.BuildAsync("server.go");
}
