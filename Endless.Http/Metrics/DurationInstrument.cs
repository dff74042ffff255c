using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Endless.Http.Metrics;

/// <summary>A meter's histogram of durations in seconds. Thread-safe.</summary>
/// <remarks>
/// Apart, and not inlined, so that compiling code that records does not load the <see cref="DiagnosticsLibrary"/>: only an instance does.
/// </remarks>
internal sealed class DurationInstrument
{
    private readonly Histogram<double> _histogram;

    internal DurationInstrument(Meter meter, string name, string help, double[] bounds) =>
        _histogram = meter.CreateHistogram(name, "s", help, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    /// <summary>Somebody listens.</summary>
    internal bool IsHeard
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        get => _histogram.Enabled;
    }

    /// <summary>Something has taken so long.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Record(double seconds, ReadOnlySpan<KeyValuePair<string, object?>> attributes) => _histogram.Record(seconds, attributes);

    /// <summary>A request has taken so long.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Record(double seconds, in RequestLabels labels)
    {
        var room = new Room();
        _histogram.Record(seconds, labels.Write(room));
    }

    [InlineArray(RequestLabels.MaxAttributes)]
    private struct Room
    {
        private KeyValuePair<string, object?> _first;
    }
}
