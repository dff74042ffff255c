using System.Buffers.Binary;
using System.Text;

namespace Endless.Http.Diagnostics;

/// <summary>
/// The counters of a generation and of all before it, on their way to the next: those of it that only grow. Little-endian; for each: the family's name and the
/// labels (length and UTF-8), and its values (their number and 64-bit floats).
/// </summary>
internal static class CounterSnapshot
{
    internal static byte[] Encode(IEnumerable<MetricFamily> families)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        foreach (var family in families.Where(family => family.Kind != MetricKind.Gauge))
        {
            foreach (var (labels, value) in family.Values) Write(writer, family.Name, labels, [value]);
            foreach (var (labels, distribution) in family.Distributions) Write(writer, family.Name, labels, distribution);
        }
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>Adds the counters of the generations before to this one's. What cannot be read, or is of a metric that is no more, is left out.</summary>
    internal static void AddTo(IReadOnlyList<MetricFamily> families, ReadOnlySpan<byte> snapshot)
    {
        while (TryText(ref snapshot, out var name) && TryText(ref snapshot, out var labels) && TryValues(ref snapshot, out var values))
        {
            var family = families.FirstOrDefault(family => family.Name == name && family.Kind != MetricKind.Gauge);
            if (family is null) continue;
            if (family.Kind == MetricKind.Counter && values.Length == 1) family.With(labels, values[0]);
            else if (family.Kind == MetricKind.Histogram && values.Length == RequestSeries.Bounds.Length + 2) family.Add(labels, values);
        }
    }

    private static void Write(BinaryWriter writer, string name, string labels, ReadOnlySpan<double> values)
    {
        foreach (var text in (ReadOnlySpan<string>)[name, labels])
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            writer.Write(bytes.Length);
            writer.Write(bytes);
        }
        writer.Write(values.Length);
        foreach (var value in values) writer.Write(value);
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
