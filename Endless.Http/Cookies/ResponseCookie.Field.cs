using System.Globalization;
using System.Runtime.CompilerServices;
using Endless.Http.Cookies;
using Endless.Http.Semantics;

namespace Endless.Http;

// The Set-Cookie field (RFC 6265bis section 4.1). What a browser would drop in silence is refused.
public sealed partial record ResponseCookie
{
    /// <summary>The value of the Set-Cookie field.</summary>
    /// <exception cref="ArgumentException">Name, value or an attribute is not what it may be, or a browser would drop the cookie; the message says what to do.</exception>
    public override string ToString()
    {
        CheckPair();
        CheckAttributes();
        CheckPrefix();

        var text = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[512]);
        text.AppendLiteral(Name);
        text.AppendLiteral("=");
        if (CookieGrammar.NeedsQuotes(Value))
        {
            text.AppendLiteral("\"");
            text.AppendLiteral(Value);
            text.AppendLiteral("\"");
        }
        else
        {
            text.AppendLiteral(Value);
        }
        if (Path is { } path)
        {
            text.AppendLiteral("; Path=");
            text.AppendLiteral(path);
        }
        if (Domain is { } domain)
        {
            text.AppendLiteral("; Domain=");
            text.AppendFormatted(WithoutDot(domain));
        }
        if (Expires is { } expires)
        {
            text.AppendLiteral("; Expires=");
            text.AppendFormatted(expires.UtcDateTime, "R");
        }
        if (MaxAge is { } age)
        {
            text.AppendLiteral("; Max-Age=");
            // Up, so that a cookie of half a second is not deleted.
            text.AppendFormatted(age <= TimeSpan.Zero ? 0 : (long)Math.Ceiling(age.TotalSeconds));
        }
        if (HttpOnly) text.AppendLiteral("; HttpOnly");
        if (Secure) text.AppendLiteral("; Secure");
        text.AppendLiteral(SameSite switch
        {
            SameSite.Lax => "; SameSite=Lax",
            SameSite.Strict => "; SameSite=Strict",
            SameSite.None => "; SameSite=None",
            _ => "",
        });
        if (Partitioned) text.AppendLiteral("; Partitioned");
        return text.ToStringAndClear();
    }

    private void CheckPair()
    {
        ArgumentNullException.ThrowIfNull(Name);
        ArgumentNullException.ThrowIfNull(Value);
        if (!FieldGrammar.IsToken(Name.AsSpan()))
            throw new ArgumentException("A cookie's name is a token: letters, digits and !#$%&'*+-.^_`|~ (RFC 6265bis section 4.1.1).", nameof(Name));
        // Header injection: a semicolon begins an attribute, a line end another field.
        if (!CookieGrammar.IsValue(Value))
            throw new ArgumentException($"The value of the cookie {Name} holds what none may: \" ; \\ or a character that is not visible ASCII. Encode it with Uri.EscapeDataString, and decode it with Uri.UnescapeDataString where it is read.", nameof(Value));
        var bytes = Name.Length + Value.Length + (CookieGrammar.NeedsQuotes(Value) ? 2 : 0);
        if (bytes > CookieGrammar.MaxBytes)
            throw new ArgumentException($"The cookie {Name} has {bytes} bytes of name and value, and browsers drop one with more than {CookieGrammar.MaxBytes}: keep the data on the server, in a session (SessionOptions.Store).", nameof(Value));
    }

    private void CheckAttributes()
    {
        if (Path is { } path && !CookieGrammar.IsPath(path))
            throw new ArgumentException($"The path of the cookie {Name} must begin with a slash and hold visible ASCII without semicolons, up to {CookieGrammar.MaxAttributeBytes} bytes: percent-encode it as in a URL, or give null for the directory of the request.", nameof(Path));
        if (Domain is { } domain && !CookieGrammar.IsDomain(WithoutDot(domain)))
            throw new ArgumentException($"The domain of the cookie {Name} must be a host's name (example.org, in punycode where it is not ASCII) or null for this host alone.", nameof(Domain));
        if (Expires is { UtcDateTime.Year: < 1601 })
            throw new ArgumentException($"The cookie {Name} expires before the year 1601, which browsers cannot read: DateTimeOffset.UnixEpoch deletes a cookie too.", nameof(Expires));
        if (!Enum.IsDefined(SameSite))
            throw new ArgumentException($"{SameSite} is no SameSite: give one of the enum's.", nameof(SameSite));
        if (this is { Secure: false, SameSite: SameSite.None })
            throw new ArgumentException($"Browsers drop the cookie {Name}: SameSite = SameSite.None requires Secure = true.", nameof(SameSite));
        if (this is { Secure: false, Partitioned: true })
            throw new ArgumentException($"Browsers drop the cookie {Name}: Partitioned = true requires Secure = true.", nameof(Partitioned));
    }

    // Browsers compare prefixes without case (section 5.6).
    private void CheckPrefix()
    {
        if (!Name.StartsWith("__", StringComparison.Ordinal)) return;
        var isHost = Has("__Host-");
        var isHttp = Has("__Http-") || Has("__Host-Http-");
        if (!isHost && !isHttp && !Has("__Secure-")) return;
        if (!Secure) throw Refused("Secure = true");
        if (isHttp && !HttpOnly) throw Refused("HttpOnly = true");
        if (isHost && Path != "/") throw Refused("Path = \"/\"");
        if (isHost && Domain is not null) throw Refused("Domain = null");

        bool Has(string prefix) => Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

        ArgumentException Refused(string what) => new($"Browsers drop the cookie {Name}: the prefix of its name requires {what} (RFC 6265bis section 4.1.3). Set that, or rename the cookie.", nameof(Name));
    }

    /// <summary>A dot in front is ignored (section 5.6.3).</summary>
    private static ReadOnlySpan<char> WithoutDot(string domain) => domain is ['.', ..] ? domain.AsSpan(1) : domain;
}
