using System.Diagnostics;
using Endless.Http.Benchmarks.Peers;

namespace Endless.Http.Benchmarks.Processes;

/// <summary>One figure of a server's memory over time: KiB.</summary>
/// <param name="server">The server.</param>
/// <param name="figure">Which of the figures.</param>
internal sealed class MemoryWatch(PeerProcess server, Func<ProcessMemory, long> figure)
{
    /// <summary>How near to the start counts as back.</summary>
    private const double Back = 1.1;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>What it is now.</summary>
    public long Now => figure(ProcessMemory.Of(server.Pids));

    /// <summary>The most it was seen at while something ran, looked at every 50 ms.</summary>
    public async Task<long> PeakAsync(Task running)
    {
        var peak = Now;
        while (await Task.WhenAny(running, Task.Delay(50)) != running) peak = Math.Max(peak, Now);
        await running;
        return peak;
    }

    /// <summary>Waits until it is back at the start, within 10 %, but no longer than told: what it then is, and how long that took.</summary>
    public async Task<(long Rested, TimeSpan Time)> RestAsync(long start, TimeSpan longest)
    {
        var begin = Stopwatch.GetTimestamp();
        using var looks = new PeriodicTimer(BetweenLooks);
        while (true)
        {
            await looks.WaitForNextTickAsync();
            var (now, time) = (Now, Stopwatch.GetElapsedTime(begin));
            if (now <= start * Back || time >= longest) return (now, time);
        }
    }
}
