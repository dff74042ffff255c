using System.Globalization;
using System.Text;

namespace Endless.Http.Tests.Programs;

/// <summary>
/// Bytes that say whose they are: lines of 32 characters with the request's id, what they are for, where they stand and a hash of the three. A byte in a wrong place is a difference, and
/// one look at it tells where it came from.
/// </summary>
internal static class Tagged
{
    /// <summary>Bytes of a line.</summary>
    public const int Line = 32;

    // What the bytes are for.
    public const char Request = 'q';
    public const char Answer = 'a';
    public const char Tail = 't';
    public const char Late = 'L'; // must never be seen by anybody

    public static byte[] Make(long id, char purpose, int length, int from = 0)
    {
        var bytes = new byte[length];
        Span<byte> line = stackalloc byte[Line];
        for (int at = 0, count; at < length; at += count)
        {
            var offset = from + at;
            Write(line, id, purpose, offset / Line * Line);
            var rest = line[(offset % Line)..];
            count = Math.Min(rest.Length, length - at);
            rest[..count].CopyTo(bytes.AsSpan(at));
        }
        return bytes;
    }

    /// <summary>Null if the bytes are the expected ones, or with <paramref name="isPrefix"/> the first of them; else the first difference.</summary>
    public static string? Difference(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> found, bool isPrefix = false)
    {
        var common = expected.CommonPrefixLength(found);
        if (common == found.Length && (common == expected.Length || isPrefix)) return null;
        if (common == expected.Length) return $"{found.Length:#,0} bytes where {expected.Length:#,0} were due; behind them {Show(found[common..])}";
        if (common == found.Length) return $"{found.Length:#,0} bytes where {expected.Length:#,0} were due";
        return $"byte {common:#,0} of {expected.Length:#,0} differs ({found.Length:#,0} came): {Show(found[common..])} in place of {Show(expected[common..])}";
    }

    public static string Show(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("\"");
        foreach (var b in bytes[..Math.Min(bytes.Length, 3 * Line)])
        {
            if (b is >= 0x20 and < 0x7f) text.Append((char)b);
            else text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
        }
        return text.Append('"').ToString();
    }

    private static void Write(Span<byte> line, long id, char purpose, int offset)
    {
        id.TryFormat(line, out _, "D10", CultureInfo.InvariantCulture);
        line[10] = (byte)purpose;
        offset.TryFormat(line[11..], out _, "D10", CultureInfo.InvariantCulture);
        line[21] = (byte)' ';
        var hash = unchecked((uint)(((ulong)id * 0x9E3779B97F4A7C15 + (ulong)offset * 0xBF58476D1CE4E5B9 + purpose) * 0x94D049BB133111EB >> 32));
        hash.TryFormat(line[22..], out _, "x8", CultureInfo.InvariantCulture);
        line[30] = (byte)' ';
        line[31] = (byte)'\n';
    }
}
