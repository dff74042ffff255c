using Endless.Http.Benchmarks.Loads;
using Endless.Http.Benchmarks.Peers;

namespace Endless.Http.Benchmarks;

/// <summary>What it costs a request to be measured: the same program with and without its metrics and status page, round after round in turn.</summary>
internal static class MetricsCost
{
    private const int Rounds = 40;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);
    private static readonly WrkLoad Load = new("/plaintext");

    public static async Task RunAsync(string examples)
    {
        await using var plain = await PeerProcess.StartAsync(examples, ["benchserver", "127.0.0.1:0"]);
        await using var measured = await PeerProcess.StartAsync(examples, ["benchserver", "127.0.0.1:0", "--measured"]);
        await CostAsync(plain);
        await CostAsync(measured);
        var (without, with, difference) = (new Series(), new Series(), new Series());
        for (var round = 0; round < Rounds; round++)
        {
            // Each goes first as often as the other.
            var first = round % 2 == 0 ? plain : measured;
            var one = await CostAsync(first);
            var other = await CostAsync(first == plain ? measured : plain);
            var (a, b) = first == plain ? (one, other) : (other, one);
            without.Add(a);
            with.Add(b);
            difference.Add(100 * (b - a) / a);
        }
        Console.WriteLine($"{Load.Description}, {Rounds} rounds of {Round.TotalSeconds:0} s in turn, medians");
        Console.WriteLine($"not measured  {without.Median:0.00} µs of CPU per request ({without.Least:0.00} to {without.Most:0.00})");
        Console.WriteLine($"measured      {with.Median:0.00} µs of CPU per request ({with.Least:0.00} to {with.Most:0.00})");
        Console.WriteLine($"difference    {difference.Median:0.0} % (median of the rounds' own)");
    }

    /// <summary>The server's CPU time in microseconds for each request.</summary>
    private static async Task<double> CostAsync(PeerProcess server) => (await server.MeasureAsync(Load, Round)).CpuTime;
}
