namespace Endless.Http;

public static partial class Middleware
{
    /// <summary>
    /// Answers GET and HEAD again from memory, as a shared cache does (RFC 9111): what a handler marks with <c>Cache-Control: max-age</c> or <c>s-maxage</c>, or <c>Expires</c>, and nothing else. Of many requests for the same thing one
    /// goes to the handler, and the others wait for it. A POST, PUT, PATCH or DELETE that succeeds removes what is stored for its target. <c>Cache-Status</c> (RFC 9211) says what was done.
    /// </summary>
    /// <remarks>
    /// <para>Never stored: answers with <c>Set-Cookie</c>, <c>private</c>, <c>no-store</c>, <c>no-cache</c> or <c>Vary: *</c>, to requests with <c>Authorization</c> unless the answer says <c>public</c> or <c>s-maxage</c>, parts (206), and what
    /// is larger than <see cref="CacheOptions.MaxEntryBytes"/>, which passes by while it is written.</para>
    /// <para>Cache poisoning: the key is scheme, host and target as sent, and what <c>Vary</c> names. A handler whose answer depends on another field (a cookie, <c>X-Forwarded-Host</c>) must name it in <c>Vary</c>, or
    /// <see cref="CacheOptions.KeyFields"/> must: else one visitor chooses what all get. Fields that middleware outside of this one has set are each request's own and not stored.</para>
    /// </remarks>
    /// <param name="options">Null for the defaults.</param>
    public static MiddlewareFunc Cache(CacheOptions? options = null)
    {
        var store = new CacheStore(options ?? new CacheOptions());
        return next =>
        {
            ArgumentNullException.ThrowIfNull(next);
            return new CacheHandler(next, store);
        };
    }
}
