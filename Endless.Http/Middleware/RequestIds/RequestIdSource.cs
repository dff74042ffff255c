using System.Buffers;
using System.Security.Cryptography;

namespace Endless.Http;

/// <summary>Makes identifiers of requests, such as <c>9f86d081884c7d65-0000002a</c>: 64 random bits, which no other process has, and a count.</summary>
/// <remarks>It names a request and is no secret: the next one can be guessed. Random bits for each would be a system call for each.</remarks>
internal sealed class RequestIdSource
{
    private const int MostLength = 128;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/+=@");

    private readonly string _process = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)) + "-";
    private long _count;

    /// <summary>The next one.</summary>
    public string Next() => string.Create(_process.Length + 8, (Process: _process, Number: (uint)Interlocked.Increment(ref _count)), static (id, parts) =>
    {
        parts.Process.CopyTo(id);
        for (int i = id.Length - 1, shift = 0; shift < 32; i--, shift += 4) id[i] = "0123456789abcdef"[(int)(parts.Number >> shift) & 15];
    });

    /// <summary>Whether one that a client sent may be used: log injection, and headers without end.</summary>
    public static bool IsValid(string? id) => id is { Length: > 0 and <= MostLength } && !id.AsSpan().ContainsAnyExcept(Allowed);
}
