using System.Globalization;
using Endless.Http.Benchmarks.Loads;
using Endless.Http.Benchmarks.Peers;
using Endless.Http.Load;

namespace Endless.Http.Benchmarks.Processes;

/// <summary>What servers hold of the machine's memory: when they have answered once, with 10,000 idle connections, after a burst, and after a rest.</summary>
internal static class MemoryCost
{
    private const int Idle = 10_000;

    // What was only garbage of the set-up is not the price of an idle connection: each server has the time to collect it.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    // Many connections with large bodies each way at once.
    private static readonly WrkLoad[] Burst =
    [
        new("/big") { Connections = 1_000 },
        new("/echo") { Connections = 1_000, Script = "wrk.method = \"POST\"\nwrk.body = string.rep(\"x\", 262144)" },
    ];

    public static async Task RunAsync(IEnumerable<Peer> peers, SelfSignedFiles certificate)
    {
        Console.WriteLine($"KiB of private memory unless said otherwise; burst: 1,000 connections for responses of 1 MiB, then 1,000 that post 256 KiB; rest: until it is within 10 % of the start, at most {Longest.TotalSeconds:0} s\n");
        Console.WriteLine("| server       | RSS after one answer | private | per idle connection | after idle ones | peak of burst | after rest | rest s |");
        Console.WriteLine("|--------------|---------------------:|--------:|--------------------:|----------------:|--------------:|-----------:|-------:|");
        foreach (var peer in peers)
        {
            await using var server = await peer.StartAsync(Protocol.Http1, certificate);
            (await IdleConnections.OpenAsync(server.EndPoint, 1)).Dispose();
            var once = ProcessMemory.Of(server.Pids);

            // Warm first: what a server compiles or sets up for any number of connections is not the price of an idle one.
            await new WrkLoad("/plaintext").RunAsync(server.EndPoint, TimeSpan.FromSeconds(2));
            await Task.Delay(Rest);
            var warm = ProcessMemory.Of(server.Pids);
            ProcessMemory idle;
            using (await IdleConnections.OpenAsync(server.EndPoint, Idle))
            {
                await Task.Delay(Rest);
                idle = ProcessMemory.Of(server.Pids);
            }
            await Task.Delay(Rest);
            var afterIdle = ProcessMemory.Of(server.Pids);

            var memory = new MemoryWatch(server, static memory => memory.Private);
            var peak = 0L;
            foreach (var load in Burst) peak = Math.Max(peak, await memory.PeakAsync(TryAsync(load, server)));
            var (rested, time) = await memory.RestAsync(warm.Private, Longest);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {peer.Name,-12} | {once.Resident,20:#,0} | {once.Private,7:#,0} | {(double)(idle.Private - warm.Private) / Idle,19:0.00} | {afterIdle.Private,15:#,0} | {peak,13:#,0} | {rested,10:#,0} | {time.TotalSeconds,6:0} |"));
        }
    }

    // A server without the path answers 404 as often: a burst too.
    private static async Task TryAsync(WrkLoad load, PeerProcess server)
    {
        try
        {
            await load.RunAsync(server.EndPoint, TimeSpan.FromSeconds(4));
        }
        catch (InvalidOperationException)
        {
        }
    }
}
