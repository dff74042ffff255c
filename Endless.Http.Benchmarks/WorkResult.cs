using Endless.Http.Benchmarks.Loads;

namespace Endless.Http.Benchmarks;

/// <summary>What came of some work.</summary>
/// <param name="Work">The work.</param>
/// <param name="Peers">What the servers that took part needed; ours is the first.</param>
/// <param name="Skipped">The servers that took no part, and why.</param>
internal sealed record WorkResult(Work Work, IReadOnlyList<PeerResult> Peers, IReadOnlyList<string> Skipped)
{
    /// <summary>The result of a peer; null if it took no part.</summary>
    public PeerResult? Of(string peer) => Peers.FirstOrDefault(result => result.Name == peer);

    /// <summary>Our figure over the peer's.</summary>
    public double RatioTo(PeerResult peer) => FigureOf(Peers[0]) / FigureOf(peer);

    private double FigureOf(PeerResult peer) => Work.Figure switch { Figure.CpuTime => peer.Cpu.Median, Figure.Rate => peer.Rate.Median, _ => peer.P99.Median };
}

/// <summary>The rounds of one server.</summary>
internal sealed class PeerResult(string name)
{
    public string Name => name;

    /// <summary>CPU time for each request: microseconds.</summary>
    public Series Cpu { get; } = new();

    /// <summary>Requests per second.</summary>
    public Series Rate { get; } = new();

    /// <summary>The median time of a request: milliseconds.</summary>
    public Series Half { get; } = new();

    /// <summary>The time that 99 of 100 requests stay under: milliseconds.</summary>
    public Series P99 { get; } = new();

    public void Add(double cpu, Measurement measurement)
    {
        Cpu.Add(cpu);
        Rate.Add(measurement.Requests / measurement.Seconds);
        Half.Add(measurement.Median);
        P99.Add(measurement.P99);
    }
}
