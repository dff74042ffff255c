using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Endless.Http;

/// <summary>Whom a request is put down to: an address, or what the program says.</summary>
/// <param name="Kind">4 or 6 for an address, 0 for what the program says, 1 for what has no address.</param>
/// <param name="Bits">Of the address.</param>
/// <param name="Name">What the program says.</param>
internal readonly record struct ClientKey(byte Kind, ulong Bits, string? Name)
{
    private const int LongestName = 64;

    /// <summary>By address: all of IPv4, the first 64 bits of IPv6.</summary>
    public static ClientKey Of(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint { Address: var address }) return new(1, 0, null);
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork ? new(4, BinaryPrimitives.ReadUInt32BigEndian(bytes), null) : new(6, BinaryPrimitives.ReadUInt64BigEndian(bytes), null);
    }

    /// <summary>By what the program says, which may be a field of a megabyte: of a long one the digest is kept.</summary>
    public static ClientKey Of(string name) => new(0, 0, name.Length <= LongestName ? name : Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(name))));

    /// <summary>Hash flooding: seeded, since clients choose addresses of a network of theirs.</summary>
    public override int GetHashCode() => HashCode.Combine(Kind, Bits, Name);
}
