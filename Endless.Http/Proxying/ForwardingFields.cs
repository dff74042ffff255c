using System.Net;
using System.Net.Http.Headers;

namespace Endless.Http.Proxying;

/// <summary>The fields that tell a destination who asked, for what host, how (RFC 7239, and X-Forwarded- as everybody sends it).</summary>
/// <param name="options">Which of them are sent.</param>
internal sealed class ForwardingFields(ReverseProxyOptions options)
{
    private const string Prefix = "X-Forwarded-";

    /// <summary>Whether a field that a client sent is passed on.</summary>
    public bool Passes(string name)
    {
        if (name.Length < 9 || (name[0] | 0x20) is not ('x' or 'f')) return true;
        if (IsLike(name, "Forwarded")) return options.Forwarded is ForwardedMode.Append or ForwardedMode.Keep;
        if (IsLike(name, "X-Real-IP") || (name.Length > Prefix.Length && IsLike(name.AsSpan(0, Prefix.Length), Prefix))) return options.XForwarded is ForwardedMode.Append or ForwardedMode.Keep;
        return true;
    }

    /// <summary>Adds what this server knows of a request.</summary>
    public void Add(HttpRequestHeaders fields, Request r)
    {
        if (options.XForwarded is ForwardedMode.Replace or ForwardedMode.Append) AddXForwarded(fields, r);
        if (options.Forwarded is ForwardedMode.Replace or ForwardedMode.Append) fields.TryAddWithoutValidation("Forwarded", Forwarded(r));
    }

    private void AddXForwarded(HttpRequestHeaders fields, Request r)
    {
        if (AddressOf(r) is { } address) fields.TryAddWithoutValidation("X-Forwarded-For", address.ToString());
        AddUnlessThere(fields, "X-Forwarded-Host", r.Host);
        AddUnlessThere(fields, "X-Forwarded-Proto", r.Scheme);
        if (PrefixOf(r) is { Length: > 0 } prefix) AddUnlessThere(fields, "X-Forwarded-Prefix", prefix);
    }

    // A proxy before this one knows better what the client asked for: where fields are appended, its word stays. X-Forwarded-For alone is a list of all.
    private void AddUnlessThere(HttpRequestHeaders fields, string name, string value)
    {
        if (value.Length == 0 || (options.XForwarded == ForwardedMode.Append && fields.NonValidated.Contains(name))) return;
        fields.TryAddWithoutValidation(name, value);
    }

    private static string Forwarded(Request r)
    {
        // An IPv6 address has colons, and a host may have a port: neither is a token (RFC 7239 section 6).
        var client = AddressOf(r) switch
        {
            null => "unknown",
            { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } address => $"\"[{address}]\"",
            { } address => address.ToString(),
        };
        return r.Host.Length == 0 ? $"for={client};proto={r.Scheme}" : $"for={client};host=\"{r.Host}\";proto={r.Scheme}";
    }

    private static IPAddress? AddressOf(Request r) => r.RemoteEndPoint is IPEndPoint { Address: var address } ? address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address : null;

    /// <summary>What was cut off the path on the way to the proxy (StripPrefix): destinations make links with it.</summary>
    private static string PrefixOf(Request r)
    {
        var sent = r.Target;
        if (!sent.StartsWith('/')) return "";
        var question = sent.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? sent.AsSpan() : sent.AsSpan(0, question);
        // "//evil.example" as a prefix would make links to another host.
        return path.Length > r.RawPath.Length && path.EndsWith(r.RawPath, StringComparison.Ordinal) && !path.StartsWith("//") ? path[..^r.RawPath.Length].ToString() : "";
    }

    // Field spoofing: CGI and WSGI show X_Forwarded_For to a program under the same name as X-Forwarded-For.
    private static bool IsLike(ReadOnlySpan<char> name, string expected)
    {
        if (name.Length != expected.Length) return false;
        for (var i = 0; i < name.Length; i++)
            if ((name[i] == '_' ? '-' : char.ToLowerInvariant(name[i])) != char.ToLowerInvariant(expected[i])) return false;
        return true;
    }
}
