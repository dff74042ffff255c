using System.Buffers.Binary;
using System.Text;

namespace Endless.Http.Metrics;

/// <summary>
/// What a generation gives the next when the next accepts, and repeatedly until its own end: counters that only grow, its own and those of all before it, and its
/// history. Little-endian rows; in each: a name and a text (length and UTF-8), and values (their number and 64-bit floats). Of a counter the text is its labels.
/// </summary>
internal static class CounterSnapshot
{
    internal static byte[] Encode(IEnumerable<MetricFamily> families, params IEnumerable<SnapshotRow> rows)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        foreach (var family in families.Where(family => family.Kind != MetricKind.Gauge))
        {
            foreach (var (labels, value) in family.Values) Write(writer, new(family.Name, labels, [value]));
            foreach (var (labels, distribution) in family.Distributions) Write(writer, new(family.Name, labels, distribution));
        }
        foreach (var row in rows) Write(writer, row);
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>Adds the counters of the generations before to this one's. What cannot be read, or is of a metric that is no more, is left out.</summary>
    internal static void AddTo(IReadOnlyList<MetricFamily> families, ReadOnlyMemory<byte> snapshot)
    {
        foreach (var (name, labels, values) in Rows(snapshot))
        {
            var family = families.FirstOrDefault(family => family.Name == name && family.Kind != MetricKind.Gauge);
            if (family is null) continue;
            if (family.Kind == MetricKind.Counter && values.Length == 1) family.With(labels, values[0]);
            else if (family.Kind == MetricKind.Histogram && values.Length == family.Bounds.Length + 2) family.Add(labels, values);
        }
    }

    /// <summary>All rows that can be read.</summary>
    internal static IEnumerable<SnapshotRow> Rows(ReadOnlyMemory<byte> snapshot)
    {
        while (TryRow(ref snapshot) is { } row) yield return row;
    }

    private static SnapshotRow? TryRow(ref ReadOnlyMemory<byte> rest)
    {
        var span = rest.Span;
        if (!TryText(ref span, out var name) || !TryText(ref span, out var text) || !TryValues(ref span, out var values)) return null;
        rest = rest[^span.Length..];
        return new(name, text, values);
    }

    private static void Write(BinaryWriter writer, SnapshotRow row)
    {
        foreach (var text in (ReadOnlySpan<string>)[row.Name, row.Text])
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            writer.Write(bytes.Length);
            writer.Write(bytes);
        }
        writer.Write(row.Values.Length);
        foreach (var value in row.Values) writer.Write(value);
    }

    private static bool TryText(ref ReadOnlySpan<byte> rest, out string text)
    {
        text = "";
        if (!TryNumber(ref rest, out var length) || length > rest.Length) return false;
        text = Encoding.UTF8.GetString(rest[..length]);
        rest = rest[length..];
        return true;
    }

    private static bool TryValues(ref ReadOnlySpan<byte> rest, out double[] values)
    {
        values = [];
        if (!TryNumber(ref rest, out var count) || count > rest.Length / sizeof(double)) return false;
        values = new double[count];
        for (var i = 0; i < count; i++, rest = rest[sizeof(double)..]) values[i] = BinaryPrimitives.ReadDoubleLittleEndian(rest);
        return true;
    }

    private static bool TryNumber(ref ReadOnlySpan<byte> rest, out int number)
    {
        number = 0;
        if (rest.Length < sizeof(int)) return false;
        number = BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[sizeof(int)..];
        return number >= 0;
    }
}

/// <summary>A row of a snapshot.</summary>
/// <param name="Name">What it is of.</param>
/// <param name="Text">What belongs to it.</param>
/// <param name="Values">Its figures.</param>
internal readonly record struct SnapshotRow(string Name, string Text, double[] Values);
