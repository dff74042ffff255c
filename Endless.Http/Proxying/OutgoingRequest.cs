using System.Net;

namespace Endless.Http.Proxying;

/// <summary>Makes requests for destinations out of those of clients.</summary>
internal sealed class OutgoingRequest(ReverseProxyOptions options)
{
    // .NET's client spells these in capitals, however they came: a check for "DELETE" before the proxy would not have seen the "delete" that a destination gets.
    private static readonly string[] Respelled = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"];

    private readonly ForwardingFields _forwarding = new(options);

    /// <summary>Why a request is not passed on; null if it is.</summary>
    public static ReverseProxyException? Refusal(Request r)
    {
        if (r.Method == "CONNECT") return new(501, "CONNECT is for forward proxies.");
        if (!r.RawPath.StartsWith('/')) return new(400, "The target has no path.");
        if (OutgoingTarget.Climbs(r.RawPath)) return new(400, "The path has a segment \"..\", which could lead out of what the proxy is for.");
        foreach (var method in Respelled)
            if (r.Method.Equals(method, StringComparison.OrdinalIgnoreCase) && r.Method != method) return new(501, "The method is one of HTTP's, in small letters.");
        return null;
    }

    /// <summary>The request, with the hook's changes.</summary>
    /// <param name="r">The client's.</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="content">The client's body; null for none.</param>
    /// <param name="upgrade">The protocol that the connection is to change to; null for none.</param>
    /// <exception cref="ReverseProxyException">It cannot be sent.</exception>
    public HttpRequestMessage Create(Request r, Uri destination, HttpContent? content, string? upgrade)
    {
        var target = OutgoingTarget.Join(destination, r.RawPath, r.RawQuery) ?? throw new ReverseProxyException(400, "The target is too long for a URL.");
        var message = new HttpRequestMessage(HttpMethod.Parse(r.Method), target)
        {
            Version = options.Http2 && upgrade is null ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = options.Http2 && destination.Scheme == Uri.UriSchemeHttps ? HttpVersionPolicy.RequestVersionOrLower : HttpVersionPolicy.RequestVersionExact,
            Content = content ?? (IsIdempotent(r.Method) ? null : new ByteArrayContent([])), // with one, even empty, .NET's client does not send it twice
        };
        CopyFields(r, message);
        SetHost(r, message);
        if (upgrade is not null)
        {
            message.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            message.Headers.TryAddWithoutValidation("Upgrade", upgrade);
        }
        _forwarding.Add(message.Headers, r);
        if (options.Via is { } via) message.Headers.TryAddWithoutValidation("Via", $"{r.Protocol.AsSpan("HTTP/".Length)} {via}");
        options.Rewrite?.Invoke(message, r);
        return message;
    }

    private void CopyFields(Request r, HttpRequestMessage message)
    {
        var connection = r.Header.Values("Connection");
        if (connection.Count == 0) connection = null;
        foreach (var (name, value) in r.Header)
        {
            if (HopByHop.Contains(name, connection) || name.Equals("Host", StringComparison.OrdinalIgnoreCase) || !_forwarding.Passes(name)) continue;
            if (message.Headers.TryAddWithoutValidation(name, value)) continue;
            // Fields about a body; .NET's client sends those with one only.
            (message.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value);
        }
        if (HopByHop.Lists(r.Header.Values("TE"), "trailers")) message.Headers.TryAddWithoutValidation("TE", "trailers");
    }

    private void SetHost(Request r, HttpRequestMessage message)
    {
        if (!options.PassHost || r.Host.Length == 0) return;
        message.Headers.TryAddWithoutValidation("Host", r.Host);
        // One that .NET's client cannot read it would send beside the destination's.
        if (message.Headers.Host != r.Host) throw new ReverseProxyException(400, "The Host is not one that can be passed on.");
    }

    // RFC 9110 section 9.2.2
    private static bool IsIdempotent(string method) => method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "PUT" or "DELETE" or "QUERY";
}
