using System.Text;

namespace Endless.Http.Semantics;

/// <summary>Lists in field values (RFC 9110 section 5.6.1): elements between commas, or between other separators, of which those within a quoted string (section 5.6.4) are none.</summary>
internal static class FieldList
{
    /// <summary>The elements of a list, without white space around them. Empty ones are among them: a recipient is to ignore a reasonable number of those, and where that is none only its caller knows.</summary>
    /// <param name="list">A field value as received.</param>
    /// <param name="separator">What stands between two elements.</param>
    public static FieldListElements<byte> Elements(ReadOnlySpan<byte> list, byte separator = (byte)',') => new(list, separator, (byte)'"');

    /// <inheritdoc cref="Elements(ReadOnlySpan{byte}, byte)"/>
    public static FieldListElements<char> Elements(ReadOnlySpan<char> list, char separator = ',') => new(list, separator, '"');

    /// <summary>Whether a list has an element, without case.</summary>
    public static bool Has(ReadOnlySpan<char> list, ReadOnlySpan<char> expected)
    {
        foreach (var element in Elements(list))
            if (element.Equals(expected, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>Whether a list has nothing but one element, without case, however often. Empty elements count for nothing.</summary>
    /// <param name="list">A field value as received.</param>
    /// <param name="expected">The element.</param>
    /// <param name="hasIt">Whether it is there at all.</param>
    public static bool HasOnly(ReadOnlySpan<byte> list, ReadOnlySpan<byte> expected, out bool hasIt)
    {
        hasIt = false;
        foreach (var element in Elements(list))
        {
            if (element.IsEmpty) continue;
            if (!Ascii.EqualsIgnoreCase(element, expected)) return false;
            hasIt = true;
        }
        return true;
    }

    /// <inheritdoc cref="HasOnly(ReadOnlySpan{byte}, ReadOnlySpan{byte}, out bool)"/>
    public static bool HasOnly(ReadOnlySpan<char> list, ReadOnlySpan<char> expected, out bool hasIt)
    {
        hasIt = false;
        foreach (var element in Elements(list))
        {
            if (element.IsEmpty) continue;
            if (!element.Equals(expected, StringComparison.OrdinalIgnoreCase)) return false;
            hasIt = true;
        }
        return true;
    }
}
