using System.Collections.Concurrent;

namespace Endless.Http.Diagnostics;

/// <summary>The requests of a generation: how long they took, and how many are under way. Off, and costing nothing, until somebody wants to know. Thread-safe.</summary>
internal sealed class RequestMetrics
{
    /// <summary>Label sets beyond which new ones are counted together: patterns and protocols are few, so that this is met only by mistake.</summary>
    private const int MaxSeries = 2_000;

    private static readonly RequestLabels Overflow = new("_OTHER", "_OTHER", "_OTHER", 0, "_OTHER");

    private readonly ConcurrentDictionary<RequestLabels, RequestSeries> _series = new();
    private long _active;
    private volatile bool _isOn;

    /// <summary>Requests are measured.</summary>
    internal bool IsOn => _isOn;

    /// <summary>Requests under way.</summary>
    internal long Active => Math.Max(0, Volatile.Read(ref _active));

    /// <summary>Every series so far.</summary>
    internal IEnumerable<KeyValuePair<RequestLabels, RequestSeries>> Series => _series;

    /// <summary>Measures from now on.</summary>
    internal void TurnOn() => _isOn = true;

    /// <summary>A request has begun.</summary>
    internal void Begin() => Interlocked.Increment(ref _active);

    /// <summary>A request that began has ended, after so many ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    internal void End(in RequestLabels labels, long ticks)
    {
        Interlocked.Decrement(ref _active);
        if (!_series.TryGetValue(labels, out var series)) series = Add(labels);
        series.Record(ticks);
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

    private RequestSeries Add(in RequestLabels labels) =>
        _series.GetOrAdd(_series.Count < MaxSeries ? labels : Overflow, static _ => new RequestSeries());
}
