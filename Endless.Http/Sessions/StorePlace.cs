using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Endless.Http.Sessions;

/// <summary>Sessions in a store. The cookie holds a random token, the store knows its hash.</summary>
internal sealed class StorePlace(ISessionStore store) : SessionPlace
{
    private const int TokenBytes = 24;

    // One in memory does not wait, and need not be told that a client has left: to watch for that costs.
    private readonly bool _waits = store is not MemorySessionStore;

    public override ValueTask<ReadOnlyMemory<byte>?> LoadAsync(string cookie, Request request) =>
        cookie.Length == Base64Url.GetEncodedLength(TokenBytes) ? store.LoadAsync(IdOf(cookie), _waits ? request.Cancellation : default) : default;

    public override async ValueTask<string?> SaveAsync(string? cookie, ReadOnlyMemory<byte> data, TimeSpan lifetime)
    {
        var token = cookie ?? Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        return await store.SaveAsync(IdOf(token), data, lifetime, isNew: cookie is null, CancellationToken.None).ConfigureAwait(false) ? token : null;
    }

    public override ValueTask RemoveAsync(string cookie) => store.RemoveAsync(IdOf(cookie), CancellationToken.None);

    private static string IdOf(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        return Base64Url.EncodeToString(hash);
    }
}
