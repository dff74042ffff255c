using System.Diagnostics;
using Endless.Http.Load;

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

    public override async Task<PeerProcess> StartAsync(Protocol protocol, SelfSignedFiles certificate)
    {
        return await PeerProcess.StartAsync(await ProgramAsync(), ["127.0.0.1:0", .. protocol is Protocol.Http1OverTls or Protocol.Http2OverTls ? certificate.Names : []]);
    }

    /// <summary>Compiles it, once.</summary>
    public async Task<string> ProgramAsync()
    {
        if (_program is not null) return _program;
        var program = Path.Combine(directory, "go-server");
        var start = new ProcessStartInfo(_toolchain!, ["build", "-o", program, Path.Combine(AppContext.BaseDirectory, "Peers/server.go")]);
        start.Environment["GOFLAGS"] = "-mod=mod";
        start.Environment["GOCACHE"] = Path.Combine(directory, "go-cache");
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? _program = program : throw new InvalidOperationException($"{_toolchain} did not compile server.go.");
    }
}
