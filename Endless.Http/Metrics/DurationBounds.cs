namespace Endless.Http.Metrics;

/// <summary>Upper bounds of histograms' buckets, in seconds.</summary>
internal static class DurationBounds
{
    /// <summary>Those that OpenTelemetry's conventions advise for http.server.request.duration; published for TLS handshakes and restarts too.</summary>
    internal static readonly double[] Requests = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    /// <summary>Those of Kestrel's kestrel.connection.duration.</summary>
    internal static readonly double[] Connections = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

    /// <summary>Bounds below the first of <see cref="Requests"/>, where nearly all requests are.</summary>
    private static readonly double[] Below = [0.00001, 0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002];

    /// <summary>What requests are counted by in this process: fine enough for percentiles.</summary>
    internal static readonly double[] Fine = [.. Below, .. Requests];

    /// <summary>Counts by <see cref="Fine"/> as counts by <see cref="Requests"/>.</summary>
    internal static long[] Publish(long[] fine)
    {
        var counts = fine[Below.Length..];
        for (var i = 0; i < Below.Length; i++) counts[0] += fine[i];
        return counts;
    }

    /// <summary>
    /// The duration that a share of those counted by <see cref="Fine"/> do not exceed, in seconds, as if they lay evenly in their bucket; null if there are none. Past the last bound, that bound.
    /// </summary>
    internal static double? Percentile(ReadOnlySpan<long> fine, double share)
    {
        long total = 0;
        foreach (var count in fine) total += count;
        if (total == 0) return null;
        var rank = share * total;
        for (var i = 0; i < Fine.Length; i++)
        {
            if (rank > fine[i])
            {
                rank -= fine[i];
                continue;
            }
            var lower = i > 0 ? Fine[i - 1] : 0;
            return fine[i] == 0 ? lower : lower + (Fine[i] - lower) * rank / fine[i];
        }
        return Fine[^1];
    }
}
