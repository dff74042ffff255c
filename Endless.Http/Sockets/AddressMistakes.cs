using System.Net;

namespace Endless.Http.Sockets;

/// <summary>Address forms that other servers take, each with what to write instead.</summary>
internal static class AddressMistakes
{
    /// <summary>What is wrong with <c>HOST:PORT</c>, and what to write; null if nothing is, but that host and port have still to be read.</summary>
    public static string? In(string text)
    {
        if (text.Contains(';') || text.Contains(',')) return "it is more than one; give a server the first of them, and the others by AddAddress";
        if (text.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme)
        {
            var rest = text[(scheme + "://".Length)..];
            return text[..scheme].Equals("https", StringComparison.OrdinalIgnoreCase)
                ? $"TLS is no part of an address; write \"{Place(rest, "443")}\", and start the server by ListenAndServeTLS"
                : $"an address has no scheme; write \"{Place(rest, "8080")}\"";
        }
        if (text.StartsWith("unix:", StringComparison.OrdinalIgnoreCase)) return $"a UNIX socket is written so: \"unix:{text["unix:".Length..]}\"";
        if (AfterPlace(text) >= 0) return $"a path is no part of an address, but of a pattern of a ServeMux; write \"{Place(text, "8080")}\"";
        if (WithoutSpace(text) is var whole && whole.Length < text.Length) return $"it has a space; write \"{whole}\"";

        var colon = text.LastIndexOf(':');
        if (colon < 0 && IsNumber(text)) return $"a port is written behind a colon; write \":{text}\"";
        if (colon == text.Length - 1 || colon < 0 || text.EndsWith(']')) return $"the port is missing; write \"{Place(text, "8080")}\"";
        var host = text[..colon];
        if (!host.Contains(':') || host.StartsWith('[')) return null;
        return IPAddress.TryParse(host, out _)
            ? $"an IPv6 address goes into brackets; write \"[{host}]:{text[(colon + 1)..]}\""
            : IPAddress.TryParse(text, out _) ? $"an IPv6 address goes into brackets, and the port is missing; write \"[{text}]:8080\"" : "it has too many colons; an IPv6 address goes into brackets";
    }

    /// <summary>Host and port without what follows them.</summary>
    private static string Place(string text, string port)
    {
        if (AfterPlace(text) is >= 0 and var end) text = text[..end];
        if (IsNumber(text)) return $":{text}";
        var hasPort = text.LastIndexOf(':') is var colon and >= 0 && colon < text.Length - 1 && !text.EndsWith(']');
        return hasPort ? text : $"{text.TrimEnd(':')}:{port}";
    }

    // No LINQ here: every start comes by, and would load it.
    private static string WithoutSpace(string text)
    {
        foreach (var c in text)
            if (char.IsWhiteSpace(c)) text = text.Replace(c.ToString(), "", StringComparison.Ordinal);
        return text;
    }

    private static bool IsNumber(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExceptInRange('0', '9');

    private static int AfterPlace(string text) => text.AsSpan().IndexOfAny('/', '?', '#');
}
