using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>What <see cref="Middleware.SecurityHeaders"/> sends. Read when the middleware is made; null leaves a field out.</summary>
public sealed class SecurityHeadersOptions
{
    /// <summary><c>X-Content-Type-Options: nosniff</c>: a browser takes an upload for what its Content-Type says, and not for a script. True by default.</summary>
    public bool NoSniff { get; set; } = true;

    /// <summary><c>X-Frame-Options</c>, against clickjacking: <c>SAMEORIGIN</c> by default, or <c>DENY</c>. Where there is a policy, its <c>frame-ancestors</c> counts for browsers that know it.</summary>
    public string? FrameOptions { get; set; } = "SAMEORIGIN";

    /// <summary><c>Referrer-Policy</c>: <c>strict-origin-when-cross-origin</c> by default, so that other sites see the host and not the path.</summary>
    public string? ReferrerPolicy { get; set; } = "strict-origin-when-cross-origin";

    /// <summary><c>Cross-Origin-Opener-Policy</c>: <c>same-origin</c> by default; <c>same-origin-allow-popups</c> for sites that sign users in through another's window.</summary>
    public string? OpenerPolicy { get; set; } = "same-origin";

    /// <summary><c>Permissions-Policy</c>: <c>camera=(), geolocation=()</c>. Null, the default, for none.</summary>
    public string? PermissionsPolicy { get; set; }

    /// <summary>
    /// <c>Content-Security-Policy</c>: <c>default-src 'self'; script-src 'nonce-{nonce}'; frame-ancestors 'self'</c>. <c>{nonce}</c> stands for 128 random bits in base64, new for each request, which the pages have as the
    /// <c>nonce</c> of their scripts. Null, the default, for <c>frame-ancestors 'self'</c> alone.
    /// </summary>
    public string? ContentSecurityPolicy { get; set; }

    /// <summary>The policy is reported on and not enforced: <c>Content-Security-Policy-Report-Only</c>.</summary>
    public bool ReportOnly { get; set; }

    /// <summary>How long browsers are to use TLS only (<c>Strict-Transport-Security</c>, RFC 6797). Sent to clients that came by TLS only. 30 days by default, which cannot be taken back sooner; null for not at all.</summary>
    public TimeSpan? StrictTransport { get; set => field = value is { } time ? Allowed.ZeroOrMoreOrInfinite(time) : null; } = TimeSpan.FromDays(30);

    /// <summary>The same for every host below this one.</summary>
    public bool StrictTransportSubdomains { get; set; }
}
