using System.Text;
using System.Text.Unicode;

namespace Endless.Http;

/// <summary>Name and password (RFC 7617).</summary>
internal sealed class BasicScheme(Func<string, string, ValueTask<bool>> check, string realm) : AuthenticationScheme(realm)
{
    protected override string Name => "Basic";

    public override string Challenge => $"Basic realm={Realm}, charset=\"UTF-8\"";

    public override ValueTask<object?> CheckAsync(string credentials, out bool isMalformed)
    {
        isMalformed = false;
        var bytes = new byte[credentials.Length];
        if (!Convert.TryFromBase64String(credentials, bytes, out var length) || !Utf8.IsValid(bytes.AsSpan(0, length))) return default;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        // Control characters are in neither (RFC 7617 section 2).
        return colon < 0 || text.AsSpan().ContainsAnyInRange('\0', '\x1f') || text.Contains('\x7f') ? default : AskAsync(text[..colon], text[(colon + 1)..]);
    }

    private async ValueTask<object?> AskAsync(string user, string password) => await check(user, password).ConfigureAwait(false) ? user : null;
}
