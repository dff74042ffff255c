using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>Which proxies <see cref="Middleware.ForwardedHeaders"/> believes, and what. Read when the middleware is made.</summary>
public sealed class ForwardedHeadersOptions
{
    /// <summary>
    /// Addresses and networks of the proxies that stand before this server: <c>10.0.0.0/8</c>, <c>fd00::/8</c>, <c>192.0.2.7</c>; <c>unix</c> for whoever connects to a UNIX socket. Only loopback by default. Each must replace or
    /// extend what clients send, for every field that is believed.
    /// </summary>
    public IList<string> Proxies { get; set => field = Allowed.NotNull(value); } = ["127.0.0.0/8", "::1"];

    /// <summary>The <c>Forwarded</c> field (RFC 7239) is read, in place of <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c>. False by default: proxies that do not know it pass on what a client wrote.</summary>
    public bool UseForwarded { get; set; }

    /// <summary>The proxies tell the scheme. True by default.</summary>
    public bool UseScheme { get; set; } = true;

    /// <summary>The proxies tell the host. False by default: most pass Host itself on.</summary>
    public bool UseHost { get; set; }

    /// <summary>How many addresses are read, from the end: as many as there are proxies one behind the other. 8 by default, up to 100.</summary>
    public int MaxHops { get; set => field = Allowed.OneOrMore(value, 100); } = 8;
}
