using System.Diagnostics;

namespace Endless.Http.Pipeline;

/// <summary>The span of a client's that a request names as its parent (W3C Trace Context, section 3).</summary>
internal static class TraceContext
{
    /// <summary>A traceparent of version 00; one of a later version begins with as much (section 3.2.4).</summary>
    private const int KnownLength = 55;

    /// <summary>The parent; none if the request names none, or several, or what is no trace context.</summary>
    public static ActivityContext ParentOf(Request r)
    {
        if (r.Header.Values("traceparent") is not [var parent]) return default;
        // Several tracestate lines are one list (section 3.3.1.4).
        var states = r.Header.Values("tracestate");
        var state = states.Count == 0 ? null : string.Join(',', states);
        if (!IsOfLaterVersion(parent)) return ActivityContext.TryParse(parent, state, isRemote: true, out var context) ? context : default;

        // Whatever follows belongs to a version that nobody here knows, and of the flags only the one that was there in version 00 is known to mean the same.
        return ActivityContext.TryParse($"00{parent.AsSpan(2, KnownLength - 2)}", state, isRemote: true, out var known)
            ? new ActivityContext(known.TraceId, known.SpanId, known.TraceFlags & ActivityTraceFlags.Recorded, known.TraceState, isRemote: true)
            : default;
    }

    private static bool IsOfLaterVersion(string parent) =>
        parent.Length >= KnownLength && char.IsAsciiHexDigitLower(parent[0]) && char.IsAsciiHexDigitLower(parent[1]) && parent[..2] is not ("00" or "ff")
        && (parent.Length == KnownLength || parent[KnownLength] == '-');
}
