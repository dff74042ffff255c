using Endless.Http.Benchmarks.Peers;
using Endless.Http.Load;

namespace Endless.Http.Benchmarks;

/// <summary>
/// One workload on several servers, round after round in turn, so that whatever else the machine does falls on all of them. The figure
/// is the server's CPU time per request: requests per second say little where the load shares the machine.
/// </summary>
internal static class Comparison
{
    private const int Rounds = 5;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    /// <param name="workload">What is asked of the servers.</param>
    /// <param name="peers">The servers; each one's ratio is the first one's figure over its own.</param>
    public static async Task RunAsync(Workload workload, params Peer[] peers)
    {
        var servers = new List<ServerProcess>();
        try
        {
            foreach (var peer in peers) servers.Add(await peer.StartAsync());
            foreach (var server in servers) await Wrk.RunAsync(server.EndPoint, workload, WarmUp);

            var cpu = servers.ConvertAll(_ => new List<double>());
            var rate = servers.ConvertAll(_ => new List<double>());
            for (var round = 0; round < Rounds; round++)
            {
                for (var i = 0; i < servers.Count; i++)
                {
                    var before = CpuTime.Of(servers[i].Pid);
                    var wrk = await Wrk.RunAsync(servers[i].EndPoint, workload, Round);
                    cpu[i].Add((CpuTime.Of(servers[i].Pid) - before).TotalMicroseconds / wrk.Requests);
                    rate[i].Add(wrk.Requests / wrk.Seconds);
                }
            }
            Print(workload, peers, cpu, rate);
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
        }
    }

    private static void Print(Workload workload, Peer[] peers, List<List<double>> cpu, List<List<double>> rate)
    {
        Console.WriteLine($"{workload.Name}: GET {workload.Path}, {workload.Connections} connections, {Environment.ProcessorCount} cores shared with wrk, median of {Rounds} rounds of {Round.TotalSeconds:0} s in turn");
        Console.WriteLine($"{"server",-14}  {"CPU µs per request",18}  {"least to most",16}  {"requests/s",10}  {peers[0].Name}'s CPU over its");
        for (var i = 0; i < peers.Length; i++)
        {
            var spread = $"{cpu[i].Min():0.00} to {cpu[i].Max():0.00}";
            Console.WriteLine($"{peers[i].Name,-14}  {Median(cpu[i]),18:0.00}  {spread,16}  {Median(rate[i]),10:#,0}  {Median(cpu[0]) / Median(cpu[i]):0.00}");
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
