using System.Security.Cryptography;

namespace Endless.Examples.Data;

/// <summary>What is kept of a password: PBKDF2 (RFC 8018), with as many iterations as OWASP advises for SHA-256. About 0.2 s of CPU time, so bound how often clients may ask for it.</summary>
internal static class Password
{
    private const int Iterations = 600_000;
    private const int SaltLength = 16;
    private const int HashLength = 32;

    /// <returns>A new salt, and behind it the hash.</returns>
    public static byte[] Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        return [.. salt, .. Derive(password, salt)];
    }

    public static bool Is(string password, byte[] kept) => CryptographicOperations.FixedTimeEquals(Derive(password, kept.AsSpan(0, SaltLength)), kept.AsSpan(SaltLength));

    private static byte[] Derive(string password, ReadOnlySpan<byte> salt) => Rfc2898DeriveBytes.Pbkdf2(password, salt, Iterations, HashAlgorithmName.SHA256, HashLength);
}
