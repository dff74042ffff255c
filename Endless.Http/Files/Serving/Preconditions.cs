using Endless.Http.Semantics;

namespace Endless.Http.Files;

/// <summary>What a request's preconditions say of a representation (RFC 9110 section 13), in the order of section 13.2.2.</summary>
internal static class Preconditions
{
    internal enum Outcome
    {
        /// <summary>It is answered as it would be without them.</summary>
        Met,

        /// <summary>304.</summary>
        NotModified,

        /// <summary>412.</summary>
        Failed,
    }

    /// <summary>The five steps but for the last, which is <see cref="AllowRange"/>. A date that is none counts as absent.</summary>
    /// <param name="r">The request.</param>
    /// <param name="entityTag">The representation's; null if it has none.</param>
    /// <param name="modified">Its last change; null if that is not known, and dates then say nothing.</param>
    public static Outcome Evaluate(Request r, string? entityTag, DateTimeOffset? modified)
    {
        var header = r.Header;
        var isRead = r.Method is "GET" or "HEAD";
        if (header.Get("If-Match") is { Length: > 0 })
        {
            if (!EntityTag.IsIn(header.Values("If-Match"), entityTag, isStrong: true)) return Outcome.Failed;
        }
        else if (TryDate(header, "If-Unmodified-Since", modified, out var unmodifiedSince) && HttpDate.WholeSeconds(modified!.Value) > unmodifiedSince)
        {
            return Outcome.Failed;
        }
        if (header.Get("If-None-Match") is { Length: > 0 })
            return !EntityTag.IsIn(header.Values("If-None-Match"), entityTag, isStrong: false) ? Outcome.Met : isRead ? Outcome.NotModified : Outcome.Failed;
        return isRead && TryDate(header, "If-Modified-Since", modified, out var modifiedSince) && HttpDate.WholeSeconds(modified!.Value) <= modifiedSince ? Outcome.NotModified : Outcome.Met;
    }

    /// <summary>If-Range (section 13.1.5): the client has a part of this very version. By a strong entity tag or the exact date; neither is compared as the others are.</summary>
    /// <inheritdoc cref="Evaluate" path="/param"/>
    public static bool AllowRange(Request r, string? entityTag, DateTimeOffset? modified)
    {
        if (r.Header.Get("If-Range") is not { Length: > 0 } validator) return true;
        if (validator.Contains('"')) return entityTag is not null && EntityTag.StrongEquals(validator, entityTag);
        return modified is { } date && HttpDate.TryParse(validator, out var theirs) && theirs == HttpDate.WholeSeconds(date);
    }

    private static bool TryDate(Header header, string name, DateTimeOffset? modified, out DateTimeOffset date)
    {
        date = default;
        return modified is not null && header.Get(name) is { Length: > 0 } text && HttpDate.TryParse(text, out date);
    }
}
