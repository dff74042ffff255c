using System.Globalization;
using Endless.Http.Benchmarks.Applications;
using Endless.Http.Benchmarks.Loads;
using Endless.Http.Benchmarks.Peers;
using Endless.Http.Load;

namespace Endless.Http.Benchmarks.Processes;

/// <summary>What an ASP.NET Core application on Endless.Http and on Kestrel holds of the machine's memory with 1,000 idle connections.</summary>
internal static class ApplicationMemory
{
    private const int Idle = 1_000;
    private const int Rounds = 3;
    private const double Goal = 0.6;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(SelfSignedFiles certificate)
    {
        var figures = new List<(string Name, Series Whole, Series Each)>();
        Peer[] peers = [new ApplicationPeer(ApplicationServer.Endless, "minimal"), new ApplicationPeer(ApplicationServer.Kestrel, "minimal")];
        foreach (var peer in peers) figures.Add((peer.Name, new Series(), new Series()));
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < peers.Length; i++)
            {
                var (before, with) = await MeasureAsync(peers[i], certificate);
                figures[i].Whole.Add(with / 1024.0);
                figures[i].Each.Add((double)(with - before) / Idle);
            }
        }
        Console.WriteLine($"### ASP.NET Core: private memory with {Idle:#,0} idle connections\n\nMedian of {Rounds} processes each, warmed up; ours/its is asked to be {Goal.ToString("0.00", CultureInfo.InvariantCulture)} at most.\n");
        Console.WriteLine("| server       | private MiB | least to most      | KiB/connection | ours/its | per connection |");
        Console.WriteLine("|--------------|------------:|-------------------:|---------------:|---------:|---------------:|");
        foreach (var (name, whole, each) in figures)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {name,-12} | {whole.Median,11:0.0} | {$"{whole.Least:0.0} to {whole.Most:0.0}",18} | {each.Median,14:0.00} | {figures[0].Whole.Median / whole.Median,8:0.00} | {figures[0].Each.Median / each.Median,14:0.00} |"));
        }
    }

    // Warm first: what a server compiles or sets up for any number of connections is not the price of an idle one.
    private static async Task<(long Before, long With)> MeasureAsync(Peer peer, SelfSignedFiles certificate)
    {
        await using var server = await peer.StartAsync(Protocol.Http1, certificate);
        await new WrkLoad("/plaintext").RunAsync(server.EndPoint, TimeSpan.FromSeconds(2));
        await Task.Delay(Rest);
        var before = ProcessMemory.Of(server.Pids).Private;
        using var connections = await IdleConnections.OpenAsync(server.EndPoint, Idle);
        await Task.Delay(Rest);
        return (before, ProcessMemory.Of(server.Pids).Private);
    }
}
