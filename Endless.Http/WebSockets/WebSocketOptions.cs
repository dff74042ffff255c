using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>How WebSockets are accepted. Settings are read by <see cref="WebSocket.AcceptAsync"/>; one object may be shared by all, and is not changed then.</summary>
public sealed class WebSocketOptions
{
    /// <summary>
    /// Origins beside the server's own whose pages may connect: <c>https://app.example.com</c>, with a port where it is not the scheme's; <c>*</c> for any. Empty, the default, for the same origin only
    /// (the Origin's host and port are those of <see cref="Request.Host"/>). Another gets 403. A client that sends no Origin is no browser, and is let in. See RFC 6455 section 10.2.
    /// </summary>
    /// <remarks>Cross-site WebSocket hijacking: browsers send cookies with the handshake to whatever site a page is from, and apply no same-origin policy.</remarks>
    public IList<string> AllowedOrigins { get; init => field = Allowed.NotNull(value); } = [];

    /// <summary>Subprotocols that the server speaks, what it likes best first; the first that the client offers is chosen. None, the default, chooses none. RFC 6455 section 1.9.</summary>
    public IList<string> Subprotocols { get; init => field = Allowed.NotNull(value); } = [];

    /// <summary>Bytes of a message, inflated if it came compressed: 1 MiB unless set, and at least 1. A longer one closes the socket with 1009; <see cref="WebSocket.ReceivePartAsync"/> knows no such limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1, or above 1 GiB.</exception>
    public int MaxMessageBytes
    {
        get;
        set => field = Allowed.OneOrMore(value, 1 << 30);
    } = 1024 * 1024;

    /// <summary>Whether messages are compressed where the client offers it (RFC 7692). Off unless set.</summary>
    /// <remarks>CRIME: a compressed message's length tells of what is in it. Send no secrets beside text that others choose.</remarks>
    public WebSocketCompression Compression { get; set => field = Allowed.Member(value); }

    /// <summary>
    /// A client that has sent nothing for that long while a receive waits is sent a ping: within twice the time. 20 s unless set; <see cref="Timeout.InfiniteTimeSpan"/> for none. What is between client and server
    /// (proxies, address translation) forgets connections that are silent for a minute or more.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero, or negative and not infinite.</exception>
    public TimeSpan PingInterval { get; set => field = Allowed.ForTimer(Allowed.PositiveOrInfinite(value)); } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// A client that answers no ping for so long, or takes no 64 KiB of what is sent in it, is gone: the connection is closed, and <see cref="WebSocket.CloseCode"/> is 1006. 20 s unless set;
    /// <see cref="Timeout.InfiniteTimeSpan"/> for never.
    /// </summary>
    /// <inheritdoc cref="PingInterval" path="/exception"/>
    public TimeSpan PeerTimeout { get; set => field = Allowed.ForTimer(Allowed.PositiveOrInfinite(value)); } = TimeSpan.FromSeconds(20);

    /// <summary>How long the closing handshake may take, until the connection is closed without it. 5 s unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above zero, or more than an hour.</exception>
    public TimeSpan CloseTimeout { get; set => field = Allowed.Seconds(value, most: 3600); } = TimeSpan.FromSeconds(5);
}
