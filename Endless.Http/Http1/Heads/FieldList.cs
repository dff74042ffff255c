using System.Text;

namespace Endless.Http.Http1;

/// <summary>Comma-separated lists in field values (RFC 9110 section 5.6.1).</summary>
internal static class FieldList
{
    /// <summary>Takes the next element off a list, without white space around it; it may be empty. False at the list's end.</summary>
    public static bool TryTakeElement(ref ReadOnlySpan<byte> list, ref bool ended, out ReadOnlySpan<byte> element)
    {
        element = default;
        if (ended) return false;
        var comma = list.IndexOf((byte)',');
        element = comma < 0 ? list : list[..comma];
        ended = comma < 0;
        if (!ended) list = list[(comma + 1)..];
        element = element.Trim(" \t"u8);
        return true;
    }

    /// <summary>Whether a list holds nothing but one element, without case, however often. Empty elements count for nothing (RFC 9110 section 5.6.1.2).</summary>
    public static bool HoldsOnly(ReadOnlySpan<byte> list, ReadOnlySpan<byte> expected, out bool holdsIt)
    {
        holdsIt = false;
        var ended = false;
        while (TryTakeElement(ref list, ref ended, out var element))
        {
            if (element.IsEmpty) continue;
            if (!Ascii.EqualsIgnoreCase(element, expected)) return false;
            holdsIt = true;
        }
        return true;
    }

    /// <summary>Looks for <c>close</c> and <c>keep-alive</c> in a Connection field (RFC 9110 section 7.6.1); other options are for whoever knows them.</summary>
    public static void FindConnectionOptions(ReadOnlySpan<byte> value, ref bool close, ref bool keepAlive)
    {
        var ended = false;
        while (TryTakeElement(ref value, ref ended, out var option))
        {
            close |= Ascii.EqualsIgnoreCase(option, "close"u8);
            keepAlive |= Ascii.EqualsIgnoreCase(option, "keep-alive"u8);
        }
    }
}
