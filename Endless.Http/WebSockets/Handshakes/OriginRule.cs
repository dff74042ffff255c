namespace Endless.Http.WebSockets;

/// <summary>Whose pages may connect (RFC 6455 section 10.2).</summary>
internal static class OriginRule
{
    /// <summary>Cross-site WebSocket hijacking: whether the handshake is from a page of the server's own, of an origin that is allowed, or from no browser.</summary>
    public static bool Allows(Request r, IList<string> allowed)
    {
        var lines = r.Header.Values("Origin");
        if (lines.Count == 0) return true;
        var origin = lines[0];
        if (lines.Count > 1) return false;
        foreach (var one in allowed)
            if (one == "*" || Same(one, origin)) return true;
        // Behind a proxy that ends TLS the scheme is not known here, but the host is.
        return Split(origin, out var scheme, out var authority) && WithoutDefaultPort(scheme, authority).Equals(WithoutDefaultPort(scheme, r.Host), StringComparison.OrdinalIgnoreCase) && r.Host.Length > 0;
    }

    private static bool Same(string one, string other) =>
        Split(one, out var scheme, out var authority) && Split(other, out var otherScheme, out var otherAuthority) && scheme.Equals(otherScheme, StringComparison.OrdinalIgnoreCase)
        && WithoutDefaultPort(scheme, authority).Equals(WithoutDefaultPort(otherScheme, otherAuthority), StringComparison.OrdinalIgnoreCase);

    /// <summary>False for <c>null</c>, the origin of a page that has none (RFC 6454 section 7.1).</summary>
    private static bool Split(ReadOnlySpan<char> origin, out ReadOnlySpan<char> scheme, out ReadOnlySpan<char> authority)
    {
        var colon = origin.IndexOf("://", StringComparison.Ordinal);
        scheme = colon > 0 ? origin[..colon] : default;
        authority = colon > 0 ? origin[(colon + 3)..] : default;
        if (authority.EndsWith("/")) authority = authority[..^1]; // of a setting; browsers send none
        return !authority.IsEmpty && !authority.Contains('/');
    }

    private static ReadOnlySpan<char> WithoutDefaultPort(ReadOnlySpan<char> scheme, ReadOnlySpan<char> authority)
    {
        var port = scheme.Equals("https", StringComparison.OrdinalIgnoreCase) ? ":443" : scheme.Equals("http", StringComparison.OrdinalIgnoreCase) ? ":80" : "";
        return port.Length > 0 && authority.EndsWith(port) ? authority[..^port.Length] : authority;
    }
}
