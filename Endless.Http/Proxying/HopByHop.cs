using System.Collections.Frozen;
using Endless.Http.Semantics;

namespace Endless.Http.Proxying;

/// <summary>Fields about one connection and not about the message, which a proxy must not pass on (RFC 9110 section 7.6.1).</summary>
internal static class HopByHop
{
    /// <summary>Go's list, Content-Length, which the sender of a message says itself, and HTTP2-Settings (RFC 7540 section 3.2.1).</summary>
    private static readonly FrozenSet<string> Names = FrozenSet.ToFrozenSet(
        [
            "Connection", "Content-Length", "HTTP2-Settings", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a field goes no further than one connection.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="connection">The values of the message's Connection field, which names more of them; null for none.</param>
    public static bool Contains(string name, IReadOnlyList<string>? connection)
    {
        if (Names.Contains(name)) return true;
        if (connection is null) return false;
        foreach (var list in connection)
            if (FieldList.Has(list, name)) return true;
        return false;
    }

    /// <summary>Whether one of a field's lines lists an element.</summary>
    public static bool Lists(IReadOnlyList<string> lines, string element)
    {
        foreach (var line in lines)
            if (FieldList.Has(line, element)) return true;
        return false;
    }
}
