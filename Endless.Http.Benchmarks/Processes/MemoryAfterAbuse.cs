using System.Globalization;
using Endless.Http.Benchmarks.Loads;
using Endless.Http.Benchmarks.Peers;
using Endless.Http.Load;

namespace Endless.Http.Benchmarks.Processes;

/// <summary>
/// Whether a server's memory returns to where it started after each kind of abuse, and how soon. The start is that of a server that has met each kind once: the code
/// compiled on the way there is not what an abuse leaves behind. All kinds twice from there, so that what a second time would add is seen.
/// </summary>
internal static class MemoryAfterAbuse
{
    private const int Cycles = 2;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(75);

    // A server that is left alone for so long has collected the garbage of its start.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(75);

    public static async Task RunAsync(Peer peer, SelfSignedFiles certificate)
    {
        await using var server = await peer.StartAsync(Protocol.Http1, certificate);
        await new WrkLoad("/plaintext").RunAsync(server.EndPoint, TimeSpan.FromSeconds(2));
        var memory = new MemoryWatch(server, static memory => memory.Anonymous);
        var warm = memory.Now;
        foreach (var abuse in Abuse.All) await abuse.RunAsync(server.EndPoint);
        await Task.Delay(Rest);
        var start = memory.Now;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{peer.Name} after abuse: KiB of private anonymous memory; {warm:#,0} after 2 s of load, {start:#,0} at the start (each abuse once, {Rest.TotalSeconds:0} s of rest)\n"));
        Console.WriteLine("| abuse                                             | peak    | after rest | of the start | rest s |");
        Console.WriteLine("|---------------------------------------------------|--------:|-----------:|-------------:|-------:|");
        for (var i = 0; i < Cycles * Abuse.All.Count; i++)
        {
            var abuse = Abuse.All[i % Abuse.All.Count];
            var peak = await memory.PeakAsync(abuse.RunAsync(server.EndPoint));
            var (rested, time) = await memory.RestAsync(start, Longest);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {abuse.Name,-49} | {peak,7:#,0} | {rested,10:#,0} | {(double)rested / start,12:0.00} | {time.TotalSeconds,6:0} |"));
        }
    }
}
