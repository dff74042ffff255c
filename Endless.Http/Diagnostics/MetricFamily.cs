namespace Endless.Http.Diagnostics;

/// <summary>What kind of metric a family is, as Prometheus has them.</summary>
internal enum MetricKind
{
    /// <summary>Only grows, over restarts too.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>A distribution; its parts only grow.</summary>
    Histogram,
}

/// <summary>A metric with all its label sets at one moment.</summary>
/// <param name="Name">Its name in Prometheus; without <c>_total</c> for a counter.</param>
/// <param name="Kind">What kind it is.</param>
/// <param name="Help">One sentence.</param>
internal sealed record MetricFamily(string Name, MetricKind Kind, string Help)
{
    /// <summary>The value of each label set. Labels are written out: <c>state="idle"</c>; empty for none.</summary>
    internal SortedDictionary<string, double> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>The distribution of each label set: requests in each bucket of <see cref="RequestSeries.Bounds"/>, the last without a bound, and then the sum.</summary>
    internal SortedDictionary<string, double[]> Distributions { get; } = new(StringComparer.Ordinal);

    /// <summary>A family with a single value.</summary>
    internal static MetricFamily Single(string name, MetricKind kind, string help, double value) => new MetricFamily(name, kind, help).With("", value);

    /// <summary>Adds a value to a label set.</summary>
    internal MetricFamily With(string labels, double value)
    {
        Values[labels] = Values.GetValueOrDefault(labels) + value;
        return this;
    }

    /// <summary>Adds a distribution to a label set.</summary>
    internal void Add(string labels, double[] distribution)
    {
        if (!Distributions.TryGetValue(labels, out var sum)) Distributions[labels] = sum = new double[distribution.Length];
        for (var i = 0; i < sum.Length && i < distribution.Length; i++) sum[i] += distribution[i];
    }

    /// <summary>A label, its value escaped as both formats want it.</summary>
    internal static string Label(string name, string value) => $"{name}=\"{value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"";
}
