namespace Endless.Http;

/// <summary>
/// A cookie to set (RFC 6265bis): <c>w.SetCookie(new ResponseCookie("theme", "dark") { MaxAge = TimeSpan.FromDays(30) })</c>. By default it is for the whole site, goes over TLS alone, is hidden from scripts,
/// is not sent with requests that other sites make (<see cref="Endless.Http.SameSite.Lax"/>), and ends with the browser. Go's <c>http.Cookie</c>; not <c>System.Net.Cookie</c>, which is a client's.
/// </summary>
/// <param name="Name">
/// A token. What a browser is told by a name's prefix is required here too: <c>__Secure-</c> (<see cref="Secure"/>), <c>__Host-</c> (<see cref="Secure"/>, <see cref="Path"/> <c>/</c>, no <see cref="Domain"/>,
/// so that no other host of the domain can set it), <c>__Http-</c> and <c>__Host-Http-</c> (the same, and <see cref="HttpOnly"/>).
/// </param>
/// <param name="Value">
/// Visible ASCII and spaces, without <c>"</c>, <c>;</c> and <c>\</c>; one with a space or a comma is sent within quotes. Other text is to be encoded, with <see cref="Uri.EscapeDataString(string)"/> (a script's
/// <c>encodeURIComponent</c>), and decoded where it is read. With the name 4,096 bytes at most: a browser drops a longer one.
/// </param>
public sealed partial record ResponseCookie(string Name, string Value)
{
    /// <summary>For which paths it is sent: this one and those below. <c>/</c>, the default, for all; null for those beside the request's. Begins with a slash.</summary>
    public string? Path { get; init; } = "/";

    /// <summary>A domain: the cookie is for all hosts in it. Null, the default, for this host alone.</summary>
    public string? Domain { get; init; }

    /// <summary>When it ends, of year 1601 at the earliest. <see cref="MaxAge"/> goes before. Null, the default, and no <see cref="MaxAge"/>: with the browser.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>How long it lives, in whole seconds; zero or less deletes it at once, and browsers take no more than 400 days. Null, the default: see <see cref="Expires"/>. A negative one is Go's <c>MaxAge: -1</c>.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Over TLS alone; true by default, unlike Go's. Chrome and Firefox take one from <c>http://localhost</c> too; set it to false for a site that is served in the clear.</summary>
    public bool Secure { get; init; } = true;

    /// <summary>Hidden from scripts; true by default, unlike Go's. Set it to false for one that a script reads.</summary>
    public bool HttpOnly { get; init; } = true;

    /// <summary>Whether it is sent on requests from pages of other sites; <see cref="Endless.Http.SameSite.Lax"/> by default, unlike Go's.</summary>
    public SameSite SameSite { get; init; }

    /// <summary>Kept apart for each site that this one is embedded in (CHIPS). Requires <see cref="Secure"/>.</summary>
    public bool Partitioned { get; init; }
}
