using System.Net.Security;
using Endless.Http.Settings;
using Microsoft.Extensions.Logging;

namespace Endless.Http;

/// <summary>How a <see cref="ReverseProxy"/> passes requests on. Read when the proxy is made; later changes have no effect.</summary>
public sealed class ReverseProxyOptions
{
    /// <summary>Which of several destinations a request goes to.</summary>
    public LoadBalancing LoadBalancing { get; set => field = Allowed.Member(value); }

    /// <summary>How long a destination that could not be connected to is left out, while another is there. 10 s by default; zero for not at all. nginx's <c>fail_timeout</c>.</summary>
    public TimeSpan FailurePeriod { get; set => field = Allowed.TimerTime(value); } = TimeSpan.FromSeconds(10);

    /// <summary>HTTP/2 to the destinations: over TLS where they agree, in the clear by prior knowledge (as gRPC servers speak it). HTTP/1.1 by default. An upgrade (WebSocket) always goes over HTTP/1.1.</summary>
    public bool Http2 { get; set; }

    /// <summary>TLS towards <c>https</c> destinations: which certificates are trusted, a client certificate, ... Null for .NET's defaults, which verify the destination's name.</summary>
    public SslClientAuthenticationOptions? Tls { get; set; }

    /// <summary>Passes the client's Host on. False, the default, sends the destination's; the client's is in <c>X-Forwarded-Host</c> then. nginx's <c>proxy_set_header Host $host</c>.</summary>
    public bool PassHost { get; set; }

    /// <summary><c>X-Forwarded-For</c>, <c>-Host</c>, <c>-Proto</c>, <c>-Prefix</c> and every other <c>X-Forwarded-</c> field; <c>X-Real-IP</c> is removed wherever they are not kept. Replaced by default.</summary>
    public ForwardedMode XForwarded { get; set => field = Allowed.Member(value); }

    /// <summary>The <c>Forwarded</c> field (RFC 7239). Removed by default.</summary>
    public ForwardedMode Forwarded { get; set => field = Allowed.Member(value); } = ForwardedMode.Remove;

    /// <summary>The name under which the proxy adds itself to <c>Via</c> (RFC 9110 section 7.6.3), both ways: a token, or a host with or without a port. Null, the default, for not at all.</summary>
    public string? Via { get; set; }

    /// <summary>How long a connection to a destination may take, TLS included. 10 s by default. 504 where no other destination is there.</summary>
    public TimeSpan ConnectTimeout { get; set => field = Allowed.PositiveOrInfinite(value); } = TimeSpan.FromSeconds(10);

    /// <summary>How long a destination may take from the whole request to the head of its response. 100 s by default; 504. Go's <c>ResponseHeaderTimeout</c>.</summary>
    public TimeSpan ResponseHeaderTimeout { get; set => field = Allowed.PositiveOrInfinite(value); } = TimeSpan.FromSeconds(100);

    /// <summary>
    /// How long a destination may take nothing of a request's body, or send nothing of its response's. 100 s by default; 504, or a response that is cut short. Longer for event streams that are silent. Not for
    /// a tunnel (WebSocket) before one side has ended it.
    /// </summary>
    public TimeSpan IdleTimeout { get; set => field = Allowed.PositiveOrInfinite(value); } = TimeSpan.FromSeconds(100);

    /// <summary>Bytes of a response's header section, rounded up to KiB. 64 KiB by default; 502 for more.</summary>
    public int MaxResponseHeaderBytes { get; set => field = Allowed.OneOrMore(value, 16 * 1024 * 1024); } = 64 * 1024;

    /// <summary>Connections to one destination (HTTP/1.1) at a time; requests beyond that wait. No limit by default.</summary>
    public int MaxConnectionsPerDestination { get; set => field = Allowed.OneOrMore(value, int.MaxValue); } = int.MaxValue;

    /// <summary>
    /// Changes what is sent to the destination: its header, its target. Called when everything else is in place, so that what it adds cannot be removed by a client's <c>Connection</c> field. What it throws is
    /// answered with 502. Go's <c>Rewrite</c>.
    /// </summary>
    public Action<HttpRequestMessage, Request>? Rewrite { get; set; }

    /// <summary>Changes what is sent to the client: the response's header and status; its content stays unread. What it throws is answered with 502. Also called for 101. Go's <c>ModifyResponse</c>.</summary>
    public Action<HttpResponseMessage, Request>? ModifyResponse { get; set; }

    /// <summary>Answers where there is no response to pass on. By default <see cref="ReverseProxyException.StatusCode"/> with a line of text, which says nothing of the destination. Go's <c>ErrorHandler</c>.</summary>
    public Func<ResponseWriter, Request, ReverseProxyException, Task>? ErrorHandler { get; set; }

    /// <summary>Where failures of destinations are logged; null for nowhere.</summary>
    public ILogger? Logger { get; set; }

    internal ReverseProxyOptions Checked() =>
        Via is { } via && (via.Length == 0 || via.AsSpan().ContainsAnyExcept(ViaChars))
            ? throw new ArgumentException($"\"{via}\" is no name for Via: it is a token, or a host with or without a port (RFC 9110 section 7.6.3).", nameof(Via))
            : (ReverseProxyOptions)MemberwiseClone();

    private static readonly System.Buffers.SearchValues<char> ViaChars =
        System.Buffers.SearchValues.Create("!#$%&'*+-.^_`|~:[]0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}
