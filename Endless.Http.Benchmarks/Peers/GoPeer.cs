using System.Diagnostics;

namespace Endless.Http.Benchmarks.Peers;

/// <summary>Go's net/http: <c>server.go</c> beside this file, compiled by the Go toolchain of the machine.</summary>
/// <param name="directory">For the program.</param>
internal sealed class GoPeer(string directory) : Peer
{
    private readonly string? _toolchain = FindProgram("go");
    private string? _program;

    public override string Name => "Go net/http";

    public override string? Lacks(Work work)
    {
        if (_toolchain is null) return "Go is not installed";
        return work.Protocol == Protocol.Http2 ? "Go's library has no HTTP/2 in the clear before 1.24" : null;
    }

    public override async Task<PeerProcess> StartAsync(Protocol protocol, CertificateFiles certificate)
    {
        _program ??= await CompileAsync(_toolchain!, [Path.Combine(AppContext.BaseDirectory, "Peers/server.go")]);
        return await PeerProcess.StartAsync(_program, protocol is Protocol.Http1OverTls or Protocol.Http2OverTls ? certificate.Names : []);
    }

    private async Task<string> CompileAsync(string toolchain, string[] sources)
    {
        var program = Path.Combine(directory, "go-server");
        var start = new ProcessStartInfo(toolchain, ["build", "-o", program, .. sources]);
        start.Environment["GOFLAGS"] = "-mod=mod";
        start.Environment["GOCACHE"] = Path.Combine(directory, "go-cache");
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? program : throw new InvalidOperationException($"{toolchain} did not compile server.go.");
    }
}
