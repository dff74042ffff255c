using System.Globalization;
using System.Runtime.CompilerServices;
using Endless.Http.Semantics;

namespace Endless.Http.Cookies;

/// <summary>Writes the Set-Cookie field (RFC 6265bis section 4.1), and refuses what a browser would drop in silence.</summary>
internal static class SetCookieField
{
    /// <summary>The field's value.</summary>
    /// <exception cref="ArgumentException">As <see cref="ResponseCookie.ToString"/>.</exception>
    public static string Format(ResponseCookie cookie)
    {
        CheckPair(cookie.Name, cookie.Value);
        CheckAttributes(cookie);
        CheckPrefix(cookie);

        var text = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[512]);
        text.AppendLiteral(cookie.Name);
        text.AppendLiteral("=");
        if (CookieGrammar.NeedsQuotes(cookie.Value))
        {
            text.AppendLiteral("\"");
            text.AppendLiteral(cookie.Value);
            text.AppendLiteral("\"");
        }
        else
        {
            text.AppendLiteral(cookie.Value);
        }
        if (cookie.Path is { } path)
        {
            text.AppendLiteral("; Path=");
            text.AppendLiteral(path);
        }
        if (cookie.Domain is { } domain)
        {
            text.AppendLiteral("; Domain=");
            text.AppendFormatted(WithoutDot(domain));
        }
        if (cookie.Expires is { } expires)
        {
            text.AppendLiteral("; Expires=");
            text.AppendFormatted(expires.UtcDateTime, "R");
        }
        if (cookie.MaxAge is { } age)
        {
            text.AppendLiteral("; Max-Age=");
            // Up, so that a cookie of half a second is not deleted.
            text.AppendFormatted(age <= TimeSpan.Zero ? 0 : (long)Math.Ceiling(age.TotalSeconds));
        }
        if (cookie.HttpOnly) text.AppendLiteral("; HttpOnly");
        if (cookie.Secure) text.AppendLiteral("; Secure");
        text.AppendLiteral(cookie.SameSite switch
        {
            SameSite.Lax => "; SameSite=Lax",
            SameSite.Strict => "; SameSite=Strict",
            SameSite.None => "; SameSite=None",
            _ => "",
        });
        if (cookie.Partitioned) text.AppendLiteral("; Partitioned");
        return text.ToStringAndClear();
    }

    private static void CheckPair(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        if (!FieldGrammar.IsToken(name.AsSpan()))
            throw new ArgumentException("A cookie's name is a token: letters, digits and !#$%&'*+-.^_`|~ (RFC 6265bis section 4.1.1).", nameof(ResponseCookie.Name));
        // Header injection: a semicolon begins an attribute, a line end another field.
        if (!CookieGrammar.IsValue(value))
            throw new ArgumentException($"The value of the cookie {name} holds what none may: \" ; \\ or a character that is not visible ASCII. Encode it with Uri.EscapeDataString, and decode it with Uri.UnescapeDataString where it is read.", nameof(ResponseCookie.Value));
        if (name.Length + value.Length > CookieGrammar.MaxBytes)
            throw new ArgumentException($"The cookie {name} has {name.Length + value.Length} bytes of name and value, and browsers drop one with more than {CookieGrammar.MaxBytes}: keep the data on the server, in a session (SessionOptions.Store).", nameof(ResponseCookie.Value));
    }

    private static void CheckAttributes(ResponseCookie cookie)
    {
        if (cookie.Path is { } path && !CookieGrammar.IsPath(path))
            throw new ArgumentException($"The path of the cookie {cookie.Name} must begin with a slash and hold visible ASCII without semicolons, up to {CookieGrammar.MaxAttributeBytes} bytes: percent-encode it as in a URL, or give null for the directory of the request.", nameof(ResponseCookie.Path));
        if (cookie.Domain is { } domain && !CookieGrammar.IsDomain(WithoutDot(domain)))
            throw new ArgumentException($"The domain of the cookie {cookie.Name} must be a host's name (example.org, in punycode where it is not ASCII) or null for this host alone.", nameof(ResponseCookie.Domain));
        if (cookie.Expires is { UtcDateTime.Year: < 1601 })
            throw new ArgumentException($"The cookie {cookie.Name} expires before the year 1601, which browsers cannot read: DateTimeOffset.UnixEpoch deletes a cookie too.", nameof(ResponseCookie.Expires));
        if (!Enum.IsDefined(cookie.SameSite))
            throw new ArgumentException($"{cookie.SameSite} is no SameSite: give one of the enum's.", nameof(ResponseCookie.SameSite));
        if (cookie is { Secure: false, SameSite: SameSite.None })
            throw new ArgumentException($"Browsers drop the cookie {cookie.Name}: SameSite = SameSite.None requires Secure = true.", nameof(ResponseCookie.SameSite));
        if (cookie is { Secure: false, Partitioned: true })
            throw new ArgumentException($"Browsers drop the cookie {cookie.Name}: Partitioned = true requires Secure = true.", nameof(ResponseCookie.Partitioned));
    }

    // Browsers compare prefixes without case (section 5.6).
    private static void CheckPrefix(ResponseCookie cookie)
    {
        if (!cookie.Name.StartsWith("__", StringComparison.Ordinal)) return;
        var isHost = Has("__Host-");
        var isHttp = Has("__Http-") || Has("__Host-Http-");
        if (!isHost && !isHttp && !Has("__Secure-")) return;
        if (!cookie.Secure) throw Refused("Secure = true");
        if (isHttp && !cookie.HttpOnly) throw Refused("HttpOnly = true");
        if (isHost && cookie.Path != "/") throw Refused("Path = \"/\"");
        if (isHost && cookie.Domain is not null) throw Refused("Domain = null");

        bool Has(string prefix) => cookie.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

        ArgumentException Refused(string what) => new($"Browsers drop the cookie {cookie.Name}: the prefix of its name requires {what} (RFC 6265bis section 4.1.3). Set that, or rename the cookie.", nameof(ResponseCookie.Name));
    }

    /// <summary>A dot in front is ignored (section 5.6.3).</summary>
    private static ReadOnlySpan<char> WithoutDot(string domain) => domain is ['.', ..] ? domain.AsSpan(1) : domain;
}
