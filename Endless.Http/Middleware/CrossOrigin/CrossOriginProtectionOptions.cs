using Endless.Http.Settings;

namespace Endless.Http;

/// <summary>Who is let through by <see cref="Middleware.CrossOriginProtection"/> besides a site's own pages. Read when the middleware is made.</summary>
public sealed class CrossOriginProtectionOptions
{
    /// <summary>Origins that may send requests, exactly as browsers send them: <c>https://app.example</c>. Go's <c>AddTrustedOrigin</c>.</summary>
    public IList<string> TrustedOrigins { get; set => field = Allowed.NotNull(value); } = [];

    /// <summary>Requests that are let through from anywhere, such as those of another site's webhook or single sign-on: only where something else proves who sent them. Go's <c>AddInsecureBypassPattern</c>.</summary>
    public Func<Request, bool>? InsecureBypass { get; set; }
}
