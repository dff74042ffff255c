using System.Security.Cryptography;
using System.Text;

namespace Endless.Http;

/// <summary>A secret that is compared with what clients send. Timing attack: the time tells neither where the first difference is nor how long the secret is, since digests are compared.</summary>
internal sealed class FixedSecret(string secret)
{
    private readonly byte[] _digest = SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Whether a text is the secret.</summary>
    public bool Is(string text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        return CryptographicOperations.FixedTimeEquals(digest, _digest);
    }
}
