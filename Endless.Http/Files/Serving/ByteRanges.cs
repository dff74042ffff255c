using Endless.Http.Semantics;

namespace Endless.Http.Files;

/// <summary>The Range field (RFC 9110 section 14.2): which bytes a client wants.</summary>
/// <remarks>
/// Range flood: a field of a megabyte could name 200,000 ranges of one byte each, for each of which the answer has a header of 100 bytes, or the whole file a hundred times over (CVE-2011-3192). So ranges count for nothing
/// where there are more than <see cref="MaxRanges"/>, or where more than two overlap (section 14.2), or where they are more than the whole.
/// </remarks>
internal static class ByteRanges
{
    /// <summary>Readers of PDF files and of disk images ask for some ten at once.</summary>
    public const int MaxRanges = 64;

    internal enum Outcome
    {
        /// <summary>No field, or one that counts for nothing: the whole.</summary>
        Whole,

        /// <summary>206.</summary>
        Partial,

        /// <summary>416: it is malformed, or no range has a byte in it.</summary>
        NotSatisfiable,
    }

    /// <summary>Takes a field apart.</summary>
    /// <param name="field">As received; null for none.</param>
    /// <param name="size">Bytes of the representation.</param>
    /// <param name="ranges">In the order of the field, those that have no byte in them left out; empty unless the outcome is <see cref="Outcome.Partial"/>.</param>
    public static Outcome Parse(string? field, long size, out ByteRange[] ranges)
    {
        ranges = [];
        if (string.IsNullOrEmpty(field)) return Outcome.Whole;
        // A unit that is not known is to be ignored (section 14.2); its name is without case.
        if (!field.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase)) return Outcome.Whole;
        var found = new List<ByteRange>(1);
        var (named, sum) = (0, 0L);
        foreach (var element in FieldList.Elements(field.AsSpan("bytes=".Length)))
        {
            if (element.IsEmpty) continue;
            if (!TryParseOne(element, size, out var range)) return Outcome.NotSatisfiable;
            if (++named > MaxRanges) return Outcome.Whole;
            if (range.Length == 0) continue;
            found.Add(range);
            sum += range.Length;
        }
        if (named == 0) return Outcome.Whole;
        // Of an empty file no byte can be had, and a client that asks for a range each time wants none: golang.org/issue/47021.
        if (found.Count == 0) return size == 0 ? Outcome.Whole : Outcome.NotSatisfiable;
        if (sum > size || Overlaps(found) > 2) return Outcome.Whole;
        ranges = [.. found];
        return Outcome.Partial;
    }

    /// <summary>int-range or suffix-range (section 14.1.1). A range without a byte has the length 0.</summary>
    private static bool TryParseOne(ReadOnlySpan<char> element, long size, out ByteRange range)
    {
        range = default;
        var dash = element.IndexOf('-');
        if (dash < 0) return false;
        var first = element[..dash].Trim(" \t");
        var last = element[(dash + 1)..].Trim(" \t");
        if (first.IsEmpty)
        {
            if (!TryParseNumber(last, out var suffix)) return false;
            suffix = Math.Min(suffix, size);
            range = new ByteRange(size - suffix, suffix);
            return true;
        }
        if (!TryParseNumber(first, out var start)) return false;
        var end = long.MaxValue;
        if (!last.IsEmpty && (!TryParseNumber(last, out end) || end < start)) return false;
        if (start < size) range = new ByteRange(start, Math.Min(end, size - 1) - start + 1);
        return true;
    }

    /// <summary>1*DIGIT, of any length: what is too large is as good as the largest.</summary>
    private static bool TryParseNumber(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        if (text.IsEmpty) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
            number = number > (long.MaxValue - 9) / 10 ? long.MaxValue - 9 : number * 10 + (c - '0');
        }
        return true;
    }

    /// <summary>How many ranges have a byte that another one has as well.</summary>
    private static int Overlaps(List<ByteRange> ranges)
    {
        if (ranges.Count < 3) return 0;
        var sorted = ranges.ToArray();
        Array.Sort(sorted, (one, other) => one.Start.CompareTo(other.Start));
        var (count, end, wasCounted) = (0, -1L, false);
        foreach (var range in sorted)
        {
            var overlaps = range.Start < end;
            if (overlaps) count += wasCounted ? 1 : 2;
            wasCounted = overlaps;
            end = Math.Max(end, range.Start + range.Length);
        }
        return count;
    }
}
