namespace Endless.Http.AspNetCore.Configuration;

/// <summary>What to do about keys that have no effect.</summary>
internal static class UnknownSettings
{
    /// <summary>By how the key ends, or what it is in.</summary>
    private static readonly (string Part, string WhatToDo)[] Known =
    [
        (":Limits:MaxRequestBufferSize", "What waits to be read is bounded by flow control; remove it."),
        (":Limits:MaxResponseBufferSize", "What waits to be sent is bounded by EndlessServer.MaxUnsentBytes, which EndlessServerOptions.Configure can set; remove it."),
        (":Limits:MaxConcurrentUpgradedConnections", "Upgraded connections are not limited; count them in the application."),
        (":Limits:Http2:", "The windows and frame sizes of HTTP/2 are fixed (docs/http2.md); remove it."),
        (":Limits:Http3:", "HTTP/3 is not spoken; remove it."),
        (":Sni:", "Of a host name only its Certificate counts; say the rest for the endpoint."),
        ("Kestrel:Restart:", "Only the section Endless has a Restart; move it there."),
        ("Kestrel:", "Remove it, or look for its equal in EndlessServerOptions."),
    ];

    /// <summary>A sentence.</summary>
    public static string WhatToDo(string key) =>
        Array.Find(Known, known => key.Contains(known.Part, StringComparison.OrdinalIgnoreCase)).WhatToDo ?? "Look for a mistake in its name, or remove it.";
}
