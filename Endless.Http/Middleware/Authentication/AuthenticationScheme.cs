namespace Endless.Http;

/// <summary>A scheme of HTTP authentication (RFC 9110 section 11): reads what a client gives, and says what it should give.</summary>
internal abstract class AuthenticationScheme(string realm)
{
    // No credentials are longer; a digest of megabytes is not to be had for the asking.
    private const int LongestCredentials = 8 * 1024;

    /// <summary>The realm as a quoted string.</summary>
    protected string Realm { get; } = Quote(realm);

    /// <summary>The scheme's name.</summary>
    protected abstract string Name { get; }

    /// <summary>What 401 says to a client without credentials.</summary>
    public abstract string Challenge { get; }

    /// <summary>What 401 says to a client whose credentials are not valid.</summary>
    public virtual string InvalidChallenge => Challenge;

    /// <summary>What 400 says to a client whose field cannot be read; null where that is 401 too.</summary>
    public virtual string? MalformedChallenge => null;

    /// <summary>What is behind the scheme's name in the Authorization field; null where that is another scheme's or not there.</summary>
    /// <param name="r">The request.</param>
    /// <param name="isMalformed">There are several fields, or what there is is too long.</param>
    public string? CredentialsOf(Request r, out bool isMalformed)
    {
        var lines = r.Header.Values("Authorization");
        isMalformed = lines.Count > 1;
        if (lines.Count != 1) return null;
        var line = lines[0];
        if (line.Length <= Name.Length || line[Name.Length] != ' ' || !line.StartsWith(Name, StringComparison.OrdinalIgnoreCase)) return null;
        isMalformed = line.Length > LongestCredentials;
        return isMalformed ? null : line.AsSpan(Name.Length).Trim(' ').ToString();
    }

    /// <summary>Who gives these credentials; null if they are not valid.</summary>
    /// <param name="credentials">As of <see cref="CredentialsOf"/>.</param>
    /// <param name="isMalformed">They cannot be read.</param>
    public abstract ValueTask<object?> CheckAsync(string credentials, out bool isMalformed);

    // Header injection: a realm that ends its string or its line would be fields of its own.
    private static string Quote(string realm)
    {
        ArgumentNullException.ThrowIfNull(realm);
        return realm.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? throw new ArgumentException("A realm is visible ASCII and spaces: other characters are read in different ways by different clients.", nameof(realm))
            : $"\"{realm.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
