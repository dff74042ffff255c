using System.Diagnostics.Metrics;
using Endless.Http.Generations;
using Endless.Http.Metrics;

namespace Endless.Http.Operations;

/// <summary>
/// A generation's metrics as instruments of a meter named <c>Endless.Http</c>, for OpenTelemetry's SDK, <c>dotnet-counters</c> and other listeners. Costs nothing
/// until one of them listens. What is counted elsewhere is observed; durations are recorded as they come.
/// </summary>
internal sealed class ServerMeter : IDisposable
{
    internal const string Name = "Endless.Http";

    /// <summary>A listener asks each instrument in turn; what was collected for the first is still good for the last.</summary>
    private const long CollectionLifetime = 50;

    private readonly Lock _lock = new();
    private readonly Generation _generation;
    private readonly Meter _meter = new(Name);
    private List<MetricFamily> _collection = [];
    private long _collectedAt = long.MinValue / 2;

    internal ServerMeter(Generation generation)
    {
        _generation = generation;
        generation.Figures.Requests.Publish(_meter);
        generation.Figures.ConnectionDurations.Publish(_meter);
        generation.Figures.TlsHandshakes.Publish(_meter);
        generation.Figures.History.Durations.Publish(_meter);
        foreach (var family in GenerationMetrics.Describe())
        {
            if (family.Kind == MetricKind.Counter) _meter.CreateObservableCounter(family.Instrument, () => Observe(family.Instrument), family.Unit, family.Help);
            else if (family.Kind == MetricKind.Gauge) _meter.CreateObservableGauge(family.Instrument, () => Observe(family.Instrument), family.Unit, family.Help);
        }
    }

    /// <summary>The meter itself.</summary>
    internal Meter Meter => _meter;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<double>> Observe(string instrument)
    {
        List<MetricFamily> families;
        lock (_lock)
        {
            if (Environment.TickCount64 - _collectedAt > CollectionLifetime)
            {
                _generation.Figures.Requests.TurnOn(); // requests under way are counted from the first question on
                _collection = GenerationMetrics.Collect(_generation);
                _collectedAt = Environment.TickCount64;
            }
            families = _collection;
        }
        var family = families.Find(family => family.Instrument == instrument)!;
        foreach (var (labels, value) in family.Values)
            yield return new(value, family.Attributes.GetValueOrDefault(labels) ?? []);
    }
}
