using System.Globalization;
using System.Security.Cryptography;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>The fields of <see cref="SecurityHeadersOptions"/>, ready to be set. Immutable.</summary>
internal sealed class SecurityFields
{
    private const string Nonce = "{nonce}";

    private readonly List<KeyValuePair<string, string>> _fields = [];
    private readonly string? _strictTransport;
    private readonly string _policyName;
    private readonly string? _policy; // one with a nonce

    public SecurityFields(SecurityHeadersOptions options)
    {
        if (options.NoSniff) Add("X-Content-Type-Options", "nosniff");
        Add("X-Frame-Options", options.FrameOptions);
        Add("Referrer-Policy", options.ReferrerPolicy);
        Add("Cross-Origin-Opener-Policy", options.OpenerPolicy);
        Add("Permissions-Policy", options.PermissionsPolicy);
        _policyName = options.ReportOnly ? "Content-Security-Policy-Report-Only" : "Content-Security-Policy";
        if (options.ContentSecurityPolicy is { } policy && policy.Contains(Nonce, StringComparison.Ordinal)) _policy = FieldGrammar.CheckValue(policy);
        else Add(_policyName, options.ContentSecurityPolicy ?? "frame-ancestors 'self'");
        if (options.StrictTransport is { } time)
        {
            var seconds = time < TimeSpan.Zero ? 31_536_000 * 2L : (long)time.TotalSeconds;
            _strictTransport = $"max-age={seconds.ToString(CultureInfo.InvariantCulture)}{(options.StrictTransportSubdomains ? "; includeSubDomains" : "")}";
        }
    }

    /// <summary>Sets them.</summary>
    public void Set(ResponseWriter w, Request r)
    {
        foreach (var (name, value) in _fields) w.Header.Set(name, value);
        // A field that came in the clear is not to be believed (RFC 6797 section 8.1), and must not be sent (7.2).
        if (_strictTransport is not null && r.Scheme == "https") w.Header.Set("Strict-Transport-Security", _strictTransport);
        if (_policy is null) return;
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        var nonce = Convert.ToBase64String(random);
        r.Values["csp-nonce"] = nonce;
        w.Header.Set(_policyName, _policy.Replace(Nonce, nonce, StringComparison.Ordinal));
    }

    private void Add(string name, string? value)
    {
        if (value is not null) _fields.Add(new(name, FieldGrammar.CheckValue(value)));
    }
}
