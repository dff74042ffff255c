namespace Endless.Http;

/// <summary>Cookies of requests and responses.</summary>
public static class CookieExtensions
{
    /// <summary>The value of the first cookie of a name, null if the client sent none: as sent, without quotes around it. Go's <c>Request.Cookie</c>.</summary>
    public static string? Cookie(this Request request, string name) => request.Cookies()[name];

    /// <inheritdoc cref="RequestCookies"/>
    public static RequestCookies Cookies(this Request request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new RequestCookies(request.Header.Values("Cookie"));
    }

    /// <summary>Adds a Set-Cookie field. Of two cookies of the same name, domain and path a browser keeps the one that was set last. Go's <c>http.SetCookie</c>, which does not send what is invalid.</summary>
    /// <exception cref="ArgumentException">Name, value or an attribute is not what it may be, or a browser would drop the cookie; the message says what to do.</exception>
    /// <exception cref="InvalidOperationException">The head is fixed already: the cookie would not be sent.</exception>
    public static void SetCookie(this ResponseWriter response, ResponseCookie cookie)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(cookie);
        if (response.HasStarted) throw new InvalidOperationException($"The cookie {cookie.Name} cannot be set any more: the response has begun. Set it before WriteHeader and the first write, or in a callback of OnStarting.");
        response.Header.Add("Set-Cookie", cookie.ToString());
    }

    /// <summary>Adds a Set-Cookie field for a cookie that is as <see cref="ResponseCookie"/> has it by default.</summary>
    /// <inheritdoc cref="SetCookie(ResponseWriter, ResponseCookie)" path="/exception"/>
    public static void SetCookie(this ResponseWriter response, string name, string value) => response.SetCookie(new ResponseCookie(name, value));

    /// <summary>Has the browser delete a cookie. It knows the cookie by name, path and domain, which are to be those that it was set with.</summary>
    /// <inheritdoc cref="SetCookie(ResponseWriter, ResponseCookie)" path="/exception"/>
    public static void DeleteCookie(this ResponseWriter response, string name, string? path = "/", string? domain = null) =>
        response.DeleteCookie(new ResponseCookie(name, "") { Path = path, Domain = domain });

    /// <summary>Has the browser delete a cookie that was set as <paramref name="cookie"/> says; its value, age and expiry do not matter.</summary>
    /// <inheritdoc cref="SetCookie(ResponseWriter, ResponseCookie)" path="/exception"/>
    public static void DeleteCookie(this ResponseWriter response, ResponseCookie cookie)
    {
        ArgumentNullException.ThrowIfNull(cookie);
        response.SetCookie(cookie with { Value = "", MaxAge = TimeSpan.Zero, Expires = DateTimeOffset.UnixEpoch });
    }
}
