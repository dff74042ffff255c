namespace Endless.Http;

/// <summary>On which requests from pages of other sites a browser sends a cookie (RFC 6265bis section 5.5). Go's <c>http.SameSite</c>.</summary>
public enum SameSite
{
    /// <summary>When the user follows a link to this site, and on no other request from another site: a form or a script there cannot use the cookie (cross-site request forgery).</summary>
    Lax,

    /// <summary>On none: who follows a link to this site arrives without the cookie.</summary>
    Strict,

    /// <summary>On all. Browsers take it for a <see cref="ResponseCookie.Secure"/> cookie only.</summary>
    None,

    /// <summary>No attribute: what the browser makes of that. Chrome takes it for <see cref="Lax"/>, with an exception of two minutes; Safari for <see cref="None"/>.</summary>
    Unspecified,
}
