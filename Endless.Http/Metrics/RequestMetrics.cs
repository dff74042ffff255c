using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Endless.Http.Metrics;

/// <summary>The requests of a generation: how long they took, and how many are under way. Off, and costing nothing, until somebody wants to know. Thread-safe.</summary>
internal sealed class RequestMetrics
{
    /// <summary>Label sets beyond which new ones are counted together: patterns and protocols are few, so that this is met only by mistake.</summary>
    private const int MaxSeries = 2_000;

    /// <summary>Label sets that are found without hashing five strings: a power of two.</summary>
    private const int RecentSlots = 64;

    private static readonly RequestLabels Overflow = new("_OTHER", "_OTHER", "_OTHER", 0, "_OTHER");

    private ConcurrentDictionary<RequestLabels, DurationHistogram>? _series;
    private readonly Recent?[] _recent = new Recent?[RecentSlots];
    private readonly StripedCounter _active = new();
    private volatile DurationInstrument? _instrument;
    private volatile bool _isOn;

    /// <summary>Requests are measured.</summary>
    internal bool IsOn => _isOn || _instrument is { IsHeard: true };

    /// <summary>Records to a meter too, from now on.</summary>
    internal void Publish(Meter meter) => _instrument = new DurationInstrument(meter, "http.server.request.duration", "Duration of HTTP server requests.", DurationBounds.Requests);

    /// <summary>Requests under way.</summary>
    internal long Active => Math.Max(0, _active.Sum);

    /// <summary>Every series so far, by <see cref="DurationBounds.Fine"/>.</summary>
    internal IEnumerable<KeyValuePair<RequestLabels, DurationHistogram>> Series => ByLabels;

    /// <summary>Measures from now on.</summary>
    internal void TurnOn() => _isOn = true;

    /// <summary>A request has begun.</summary>
    internal void Begin() => _active.Increment();

    /// <summary>A request that began has ended, after so many ticks of <see cref="Stopwatch"/>.</summary>
    internal void End(in RequestLabels labels, long ticks)
    {
        _active.Decrement();
        Find(labels).Record(ticks);
        if (_instrument is { IsHeard: true } instrument) instrument.Record((double)ticks / Stopwatch.Frequency, labels);
    }

    /// <summary>The method as a label: what a client makes up is not one.</summary>
    internal static string MethodLabel(string method) => method switch
    {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        "CONNECT" => "CONNECT",
        "TRACE" => "TRACE",
        _ => "_OTHER",
    };

    /// <summary>The durations of all requests that have ended, counted by <see cref="DurationBounds.Fine"/>.</summary>
    internal long[] Durations()
    {
        var sum = new long[DurationBounds.Fine.Length + 1];
        foreach (var (_, series) in ByLabels)
        {
            var buckets = series.Read(out _);
            for (var i = 0; i < sum.Length; i++) sum[i] += buckets[i];
        }
        return sum;
    }

    /// <summary>A request that began has ended and is not measured: it lasts for as long as its client likes.</summary>
    internal void EndUnmeasured() => _active.Decrement();

    /// <summary>Made with the first request that is measured: for this key type it is compiled at run time, and it loads an assembly of its own.</summary>
    private ConcurrentDictionary<RequestLabels, DurationHistogram> ByLabels => _series ?? Interlocked.CompareExchange(ref _series, new(), null) ?? _series;

    private DurationHistogram Find(in RequestLabels labels)
    {
        // Patterns, methods and protocols are the same objects each time, so that comparing them is quick. Race: a slot is written whole; the last write wins.
        var mixed = labels.Status + labels.Pattern.Length * 31 + (labels.Pattern.Length > 0 ? labels.Pattern[^1] * 7 : 0) + labels.Method.Length * 13;
        ref var slot = ref _recent[mixed & (RecentSlots - 1)];
        if (slot is { } recent && recent.Labels == labels) return recent.Series;
        if (!ByLabels.TryGetValue(labels, out var series)) series = Add(labels);
        slot = new Recent(labels, series);
        return series;
    }

    private sealed record Recent(RequestLabels Labels, DurationHistogram Series);

    private DurationHistogram Add(in RequestLabels labels) =>
        ByLabels.GetOrAdd(ByLabels.Count < MaxSeries ? labels : Overflow, static _ => new DurationHistogram(DurationBounds.Fine));
}
