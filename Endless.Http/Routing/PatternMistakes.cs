using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http.Routing;

/// <summary>
/// Mistakes in a pattern, slips or another router's syntax: well-formed, and yet it could never match what it seems to mean, so that a route or a rule would be missing silently.
/// Each error says what to write. What is really meant so can be percent-encoded: a segment <c>%3Aid</c> is the text <c>:id</c>.
/// </summary>
internal static class PatternMistakes
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

    /// <summary>What is wrong with a method that is a token; null if nothing is.</summary>
    public static string? OfMethod(string method)
    {
        if (method.Contains('|')) return "it has several methods, and a pattern has one method or none; register each, or write no method";
        if (Known(method) is { } known && known != method) return $"methods are written in capitals; write {known}";
        return method == "CONNECT" ? "a CONNECT request has no path that a pattern could fit; wrap the mux in a handler that looks at the method first" : null;
    }

    /// <summary>What is wrong with a host; null if nothing is.</summary>
    public static string? OfHost(string host, string path)
    {
        if (host.Length == 0) return null;
        // A host is mostly written in small letters, and trace may be one.
        if (host.Any(char.IsAsciiLetterUpper) && Known(host) is { } method) return $"a space is missing between method and path; write {method} {path}";
        if (path.StartsWith("//", StringComparison.Ordinal) && host.EndsWith(':')) return "a pattern has no scheme; write the host, or begin with the slash";
        if (host.Contains('{')) return "a host has no wildcards; does its path lack the first slash?";
        if (host.Contains('*')) return "a host has no wildcards; write no host, and look at Request.Host";
        if (!Authority.IsValid(Encoding.UTF8.GetBytes(host), out _) || Authority.WithoutDot(host) is "" or [.., '.']) return $"{host} is no host; does its path lack the first slash?";
        var name = Authority.HostOf(host);
        return name.Length == host.Length ? null : $"a host has no port here, and fits with every port; write {name}{path}";
    }

    /// <summary>What is wrong with a path that begins with a slash; null if nothing is.</summary>
    public static string? OfPath(string path)
    {
        if (path.Contains('?')) return $"the query is no part of a pattern; write {path[..path.IndexOf('?')]} and look at Request.Query, or %3F for a question mark in the path";
        if (path.Contains('#')) return $"the fragment is never sent; write {path[..path.IndexOf('#')]}, or %23 for the character";
        return path[^1] is ' ' or '\t' ? "it ends with a space; write %20 for one in the path" : null;
    }

    /// <summary>What is wrong with a segment without braces that is not empty; null if nothing is.</summary>
    /// <param name="segments">All of the path.</param>
    /// <param name="index">Which of them.</param>
    public static string? OfSegment(string[] segments, int index)
    {
        var segment = segments[index];
        if (segment[0] == ':' && RouteSegment.IsName(segment[1..])) return Instead(segment[1..], "%3A for a colon");
        if (segment is ['<', .. var name, '>']) return Instead(name, "%3C and %3E for the characters");
        if (segment[0] != '*') return null;
        var rest = segment.TrimStart('*');
        if (!RouteSegment.IsName(rest)) rest = "";
        return index == segments.Length - 1 && segment.Length - rest.Length <= 2
            ? Instead(rest.Length > 0 ? rest + "..." : "rest...", "%2A for an asterisk")
            : Instead(rest.Length > 0 ? rest : "name", "%2A for an asterisk");

        string Instead(string wildcard, string encoded)
        {
            var meant = string.Join('/', segments.Select((other, i) => i == index ? $"{{{wildcard}}}" : other));
            return $"{segment} is a text, and a wildcard is written in braces; write /{meant}, or {encoded} in a text";
        }
    }

    private static string? Known(string method) => Array.Find(Methods, known => known.Equals(method, StringComparison.OrdinalIgnoreCase));
}
