using System.Diagnostics.CodeAnalysis;
using System.Text;
using Endless.Http.Cookies;

namespace Endless.Http;

/// <summary>
/// Makes cookies that a client cannot forge: signed, which it can read, or encrypted, which it cannot. Each is bound to its name, so that the value of one is refused as another's, and to the time it is good for, which
/// the server checks too: a browser need not delete it. Thread-safe.
/// <code>
/// w.SetCookie(protector.Encrypt(new ResponseCookie("user", "ada") { MaxAge = TimeSpan.FromDays(7) }));
/// var user = protector.Decrypt(r, "user"); // null: absent, forged, too old
/// </code>
/// </summary>
/// <remarks>
/// <para>Replay: a client can keep a cookie that it was given and send it again, until it ends. What must be taken back earlier is kept on the server (<c>SessionOptions.Store</c>).</para>
/// <para>Formats: AES-256-GCM with a key of its own for each text, and HMAC-SHA256, in base64url; a version, the key's id and the times are in front, authenticated.</para>
/// </remarks>
public sealed class CookieProtector
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(14);

    private readonly CookieKeys _keys;
    private readonly TimeProvider _time;

    /// <summary>A protector with <see cref="CookieKeys.Shared"/>.</summary>
    public CookieProtector() : this(CookieKeys.Shared) { }

    /// <summary>A protector with keys that the program gives.</summary>
    public CookieProtector(CookieKeys keys) : this(keys, TimeProvider.System) { }

    internal CookieProtector(CookieKeys keys, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _keys = keys;
        _time = time;
    }

    /// <summary>The cookie with its value encrypted, which may be any text. It is good as long as it lives (<see cref="ResponseCookie.MaxAge"/>, <see cref="ResponseCookie.Expires"/>), 400 days at most; 14 days where it ends with the browser.</summary>
    public ResponseCookie Encrypt(ResponseCookie cookie)
    {
        ArgumentNullException.ThrowIfNull(cookie);
        return cookie with { Value = Encrypt(cookie.Name, Encoding.UTF8.GetBytes(cookie.Value), LifetimeOf(cookie)) };
    }

    /// <summary>The cookie with a signature behind its value, a dot between them. What else <see cref="Encrypt(ResponseCookie)"/> says of the time holds here.</summary>
    public ResponseCookie Sign(ResponseCookie cookie)
    {
        ArgumentNullException.ThrowIfNull(cookie);
        return cookie with { Value = CookieSignature.Sign(_keys.Newest, cookie.Name, cookie.Value, Now.ToUnixTimeSeconds(), Seconds(LifetimeOf(cookie))) };
    }

    /// <summary>What <see cref="Encrypt(ResponseCookie)"/> was given; null if the client sent none, or one that is forged, another cookie's, too old, or of a key that is gone.</summary>
    public string? Decrypt(Request request, string name) =>
        request.Cookie(name) is { } text && TryDecrypt(name, text, out var data) ? Encoding.UTF8.GetString(data) : null;

    /// <summary>The value that <see cref="Sign"/> was given; null as for <see cref="Decrypt"/>.</summary>
    public string? Verify(Request request, string name) =>
        request.Cookie(name) is { } text ? CookieSignature.Verify(_keys, name, text, Now) : null;

    /// <summary>Encrypts bytes for a client, as for a link or a form's hidden field: letters, digits, <c>-</c> and <c>_</c>, 76 more than the base64url of the bytes.</summary>
    /// <param name="purpose">What it is for: the text is good for that alone. A cookie's is its name.</param>
    /// <param name="data">64 KiB at most.</param>
    /// <param name="lifetime">How long it is good: more than zero; 400 days where it is more.</param>
    /// <exception cref="ArgumentException">Too many bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The lifetime is zero or negative.</exception>
    public string Encrypt(string purpose, ReadOnlySpan<byte> data, TimeSpan lifetime)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        return CookieCipher.Encrypt(_keys.Newest, purpose, data, Now.ToUnixTimeSeconds(), Seconds(lifetime));
    }

    /// <summary>The bytes that <see cref="Encrypt(string, ReadOnlySpan{byte}, TimeSpan)"/> was given for the same purpose; false as where <see cref="Decrypt"/> is null.</summary>
    public bool TryDecrypt(string purpose, ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? data) => TryDecrypt(purpose, text, out data, out _);

    /// <summary>The same, and when it was made, in seconds of Unix time.</summary>
    internal bool TryDecrypt(string purpose, ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? data, out long issued)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        var isGood = CookieCipher.TryDecrypt(_keys, purpose, text, Now, out var head, out data);
        issued = head.Issued;
        return isGood;
    }

    /// <summary>The time, as of the protector's clock.</summary>
    internal DateTimeOffset Now => _time.GetUtcNow();

    private TimeSpan LifetimeOf(ResponseCookie cookie)
    {
        var lifetime = cookie.MaxAge ?? (cookie.Expires is { } expires ? expires - Now : DefaultLifetime);
        return lifetime > TimeSpan.Zero ? lifetime
            : throw new ArgumentException($"The cookie {cookie.Name} has ended already, by its MaxAge or Expires: DeleteCookie deletes one.", nameof(cookie));
    }

    private static uint Seconds(TimeSpan lifetime) => (uint)Math.Ceiling((lifetime < CookieKeys.LongestLife ? lifetime : CookieKeys.LongestLife).TotalSeconds);
}
