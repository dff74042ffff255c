namespace Endless.Http.Sessions;

/// <summary>Sessions in the cookie itself, encrypted.</summary>
internal sealed class CookiePlace(CookieProtector protector, string name) : SessionPlace
{
    public override ValueTask<ReadOnlyMemory<byte>?> LoadAsync(string cookie, Request request) =>
        new(protector.TryDecrypt(name, cookie, out var data) ? data : (ReadOnlyMemory<byte>?)null);

    public override ValueTask<string?> SaveAsync(string? cookie, ReadOnlyMemory<byte> data, TimeSpan lifetime) => new(protector.Encrypt(name, data.Span, lifetime));

    public override ValueTask RemoveAsync(string cookie) => default;
}
