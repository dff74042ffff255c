using System.Buffers;

namespace Endless.Http;

/// <summary>Tokens (RFC 6750).</summary>
internal sealed class BearerScheme(Func<string, ValueTask<object?>> check, string realm) : AuthenticationScheme(realm)
{
    // b64token but for the padding at its end (RFC 6750 section 2.1).
    private static readonly SearchValues<char> TokenChars = SearchValues.Create("-._~+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    protected override string Name => "Bearer";

    public override string Challenge => $"Bearer realm={Realm}";

    public override string InvalidChallenge => $"Bearer realm={Realm}, error=\"invalid_token\"";

    public override string? MalformedChallenge => $"Bearer realm={Realm}, error=\"invalid_request\"";

    /// <summary>Whether a text can be a token.</summary>
    public static bool IsToken(ReadOnlySpan<char> text)
    {
        text = text.TrimEnd('=');
        return text.Length > 0 && !text.ContainsAnyExcept(TokenChars);
    }

    public override ValueTask<object?> CheckAsync(string credentials, out bool isMalformed)
    {
        isMalformed = !IsToken(credentials);
        return isMalformed ? default : check(credentials);
    }
}
