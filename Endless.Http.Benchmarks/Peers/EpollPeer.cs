using System.Diagnostics;
using Endless.Http.Load;

namespace Endless.Http.Benchmarks.Peers;

/// <summary>
/// The limit: <c>epoll.c</c> beside this file, which answers whatever ends in an empty line with the same bytes, and knows nothing of HTTP.
/// </summary>
/// <param name="directory">For the program.</param>
internal sealed class EpollPeer(string directory) : Peer
{
    private readonly string? _compiler = FindProgram("cc");
    private string? _program;

    public override string Name => "raw epoll";

    public override string? Lacks(Work work)
    {
        if (_compiler is null) return "there is no C compiler";
        return work.IsForResponder ? null : "the raw responder only knows one answer";
    }

    public override async Task<PeerProcess> StartAsync(Protocol protocol, SelfSignedFiles certificate)
    {
        if (_program is null)
        {
            _program = Path.Combine(directory, "epoll-server");
            using var process = Process.Start(_compiler!, ["-O2", "-pthread", "-o", _program, Path.Combine(AppContext.BaseDirectory, "Peers/epoll.c")]);
            await process.WaitForExitAsync();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{_compiler} did not compile epoll.c.");
        }
        return await PeerProcess.StartAsync(_program, [Environment.ProcessorCount.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
    }
}
