using System.Globalization;
using Endless.Http.Benchmarks;
using Endless.Http.Benchmarks.Applications;
using Endless.Http.Benchmarks.Peers;
using Endless.Http.Benchmarks.Processes;
using Endless.Http.Benchmarks.Reports;
using Endless.Http.Load;

if (args is [KestrelServer.Mode, .. var kestrel])
{
    await KestrelServer.RunAsync(kestrel);
    return 0;
}
if (args is [BenchApplication.Mode, .. var application])
{
    await BenchApplication.RunAsync(application);
    return 0;
}
if (args is not [var examples, .. var names] || names.Length == 0) return Usage();

using var certificate = new SelfSignedFiles();
var directory = certificate.Directory;
BenchFiles.Write(directory);
var toolchain = new GoToolchain(directory);
EndlessPeer ours = new(examples);
Peer[] peers = [ours, new KestrelPeer(), new NginxPeer(directory), new GoPeer(toolchain), new EpollPeer(directory)];
var (started, load) = (DateTimeOffset.Now, Machine.Load);
Console.WriteLine($"{Machine.Description}; load average {load:0.0}\n");
switch (names)
{
    case ["refusals"]:
        await RefusalCost.RunAsync(ours, certificate);
        return 0;
    case ["metrics"]:
        await MetricsCost.RunAsync(examples);
        return 0;
    case ["memory"]:
        await MemoryCost.RunAsync(peers.Where(peer => peer.Lacks(Works.All[0]) is null), certificate);
        await MemoryAfterAbuse.RunAsync(ours, certificate);
        return 0;
    case ["abuse"]:
        await MemoryAfterAbuse.RunAsync(ours, certificate);
        return 0;
    case ["aspnet-idle"]:
        await ApplicationMemory.RunAsync(certificate);
        return 0;
    case ["startup"]:
        await StartUp.RunAsync(await Programs.OfStartUpAsync(examples, peers, certificate));
        return 0;
    case ["restart", var report]:
        await RestartReport.WriteAsync(report, await RestartTimes.RunAsync(await Programs.OfRestartAsync(examples, toolchain)), started, load);
        return 0;
}

var all = names is ["all", _, ..];
var rounds = names is ["all", _, var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 5;
Work[] works = all ? [.. Works.All] : [.. Works.All.Where(work => names.Contains(work.Name))];
if (!all && works.Length != names.Length) return Usage();

var results = new List<WorkResult>();
foreach (var work in works)
{
    if (PeersOf(work).Select(peer => peer.Lacks(work)).ToList() is var lacks && lacks.TrueForAll(lack => lack is not null))
    {
        Console.WriteLine($"{work.Title}: left out: {lacks[0]}");
        continue;
    }
    WorkResult result;
    try
    {
        await using var database = work.Application == "database" ? await PostgresDatabase.StartAsync() : null;
        result = await new Comparison(work, PeersOf(work), certificate, rounds).RunAsync();
    }
    catch (Exception exception) when (all && exception is InvalidOperationException or OperationCanceledException)
    {
        Console.WriteLine($"{work.Title}: left out: {exception.Message}");
        continue;
    }
    results.Add(result);
    Console.WriteLine(ResultTable.Of(result));
    // After each, so that a run that is broken off leaves what it has.
    if (all) await Report.WriteAsync(names[1], results, started, load);
}
return 0;

IReadOnlyList<Peer> PeersOf(Work work) => work.Application is { } part ? [new ApplicationPeer(ApplicationServer.Endless, part), new ApplicationPeer(ApplicationServer.Kestrel, part)] : peers;

static int Usage()
{
    Console.Error.WriteLine($"""
        usage: Endless.Http.Benchmarks EXAMPLES WORK..., where EXAMPLES is the path of Endless.Examples and WORK among
          {string.Join(' ', Works.All.Select(work => work.Name))}
          all DIRECTORY [ROUNDS]
                          all of them, and the report into the directory
          aspnet-idle     what an ASP.NET Core application holds of memory with 1,000 idle connections, on Endless.Http and on Kestrel
          refusals        a bad request beside a good one
          memory          what servers hold of it: at first, with idle connections, after a burst, and ours after abuse
          abuse           only the last of these
          startup         exec to first answer
          restart FILE    restart times, and the report into the file
          metrics         a request that is measured beside one that is not
        """);
    return 2;
}
