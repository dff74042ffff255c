using Endless.Http.Benchmarks.Loads;
using Endless.Http.Benchmarks.Peers;
using Endless.Http.Load;

namespace Endless.Http.Benchmarks;

/// <summary>
/// Some work on several servers, round after round in turn, so that whatever else the machine does falls on all of them.
/// </summary>
internal sealed class Comparison(Work work, IReadOnlyList<Peer> peers, SelfSignedFiles certificate, int rounds)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <summary>What an ASP.NET Core application runs in a request is compiled for seconds under load: measured before that, the compiler is.</summary>
    private static readonly TimeSpan ApplicationWarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    public async Task<WorkResult> RunAsync()
    {
        var lacks = peers.ToDictionary(peer => peer, peer => peer.Lacks(work));
        var result = new WorkResult(work, [.. peers.Where(peer => lacks[peer] is null).Select(peer => new PeerResult(peer.Name))], [.. lacks.Where(lack => lack.Value is not null).Select(lack => $"{lack.Key.Name}: {lack.Value}")]);
        Peer[] taking = [.. peers.Where(peer => lacks[peer] is null)];
        if (work.StartsAnew) await RunAnewAsync(taking, result);
        else await RunOnAsync(taking, result);
        return result;
    }

    private async Task RunOnAsync(Peer[] taking, WorkResult result)
    {
        var servers = new List<PeerProcess>();
        try
        {
            foreach (var peer in taking) servers.Add(await peer.StartAsync(work.Protocol, certificate));
            foreach (var server in servers) await (work.WarmUp ?? work.Load).RunAsync(server.EndPoint, work.Application is null ? WarmUp : ApplicationWarmUp);
            for (var round = 0; round < rounds; round++)
                for (var i = 0; i < servers.Count; i++)
                    await MeasureAsync(servers[i], result.Peers[i]);
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
        }
    }

    private async Task RunAnewAsync(Peer[] taking, WorkResult result)
    {
        var plaintext = new WrkLoad("/plaintext");
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < taking.Length; i++)
            {
                await using var server = await taking[i].StartAsync(work.Protocol, certificate);
                await plaintext.RunAsync(server.EndPoint, WarmUp);
                await MeasureAsync(server, result.Peers[i]);
            }
        }
    }

    private async Task MeasureAsync(PeerProcess server, PeerResult result)
    {
        using var prepared = await work.Load.PrepareAsync(server.EndPoint);
        var (cpu, measurement) = await server.MeasureAsync(work.Load, Round);
        result.Add(cpu, await work.Load.AddTimesAsync(server.EndPoint, measurement));
    }
}
