namespace Endless.Http.Metrics;

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
/// <param name="Instrument">Its name as an instrument, as OpenTelemetry writes them: <c>endless.network.io</c>.</param>
/// <param name="Kind">What kind it is.</param>
/// <param name="Unit">In UCUM: <c>s</c>, <c>By</c>, <c>{connection}</c>.</param>
/// <param name="Help">One sentence.</param>
internal sealed record MetricFamily(string Instrument, MetricKind Kind, string Unit, string Help)
{
    /// <summary>Its name in Prometheus, made of the instrument's as OpenTelemetry's exporters make it: <c>endless_network_io_bytes</c>. Without <c>_total</c> for a counter.</summary>
    internal string Name { get; } = Underscored(Instrument) + Unit switch
    {
        "s" => "_seconds",
        "By" => "_bytes",
        _ => "",
    };

    /// <summary>The value of each label set. Labels are written out: <c>state="idle"</c>; empty for none.</summary>
    internal SortedDictionary<string, double> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>The attributes of each label set that this process has counted for itself.</summary>
    internal Dictionary<string, KeyValuePair<string, object?>[]> Attributes { get; } = [];

    /// <summary>Upper bounds of a histogram's buckets, in seconds.</summary>
    internal double[] Bounds { get; init; } = [];

    /// <summary>The distribution of each label set: the number in each bucket of <see cref="Bounds"/>, the last without a bound, and then the sum.</summary>
    internal SortedDictionary<string, double[]> Distributions { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds a value to a label set.</summary>
    internal MetricFamily With(double value, params ReadOnlySpan<KeyValuePair<string, object?>> attributes)
    {
        var labels = Labels(attributes);
        Attributes.TryAdd(labels, [.. attributes]);
        return With(labels, value);
    }

    /// <summary>Adds a value to a label set that is written out.</summary>
    internal MetricFamily With(string labels, double value)
    {
        Values[labels] = Values.GetValueOrDefault(labels) + value;
        return this;
    }

    /// <summary>Has this single value, whatever was added before.</summary>
    internal void Replace(double value)
    {
        Values.Clear();
        With(value);
    }

    /// <summary>Adds a distribution to a label set that is written out.</summary>
    internal void Add(string labels, double[] distribution)
    {
        if (!Distributions.TryGetValue(labels, out var sum)) Distributions[labels] = sum = new double[distribution.Length];
        for (var i = 0; i < sum.Length && i < distribution.Length; i++) sum[i] += distribution[i];
    }

    /// <summary>Attributes written out as labels, their values escaped as both formats want it.</summary>
    internal static string Labels(params ReadOnlySpan<KeyValuePair<string, object?>> attributes)
    {
        var text = "";
        foreach (var (name, value) in attributes)
        {
            var escaped = value?.ToString()?.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");
            text += $"{(text.Length > 0 ? "," : "")}{Underscored(name)}=\"{escaped}\"";
        }
        return text;
    }

    private static string Underscored(string name) => name.Replace('.', '_');
}
