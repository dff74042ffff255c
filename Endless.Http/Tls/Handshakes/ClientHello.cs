using System.Buffers.Binary;
using System.Net.Security;
using Endless.Http.Connections;

namespace Endless.Http.Tls;

/// <summary>The first message of a client (RFC 5246 section 7.4.1.2), as far as SslStream does not tell of it.</summary>
internal static class ClientHello
{
    /// <summary>Content type of a record that carries handshake messages (RFC 8446 section 5.1): every client's first byte.</summary>
    public const byte HandshakeRecord = 22;

    private const byte Message = 1;

    /// <summary>Headers of record and message, version and random: then comes the session's id.</summary>
    private const int SessionIdOffset = 5 + 4 + 2 + 32;

    /// <summary>It is known to offer no strong cipher suite. False where the list is not there whole, or makes no sense: SslStream looks at it again.</summary>
    /// <param name="received">The client's first bytes.</param>
    public static bool OffersWeakSuitesOnly(ReadOnlySpan<byte> received)
    {
        if (received.Length <= SessionIdOffset || received[0] != HandshakeRecord || received[5] != Message) return false;
        var rest = received[SessionIdOffset..];
        var idLength = 1 + rest[0];
        if (rest.Length < idLength + 2) return false;
        var length = BinaryPrimitives.ReadUInt16BigEndian(rest[idLength..]);
        rest = rest[(idLength + 2)..];
        if (length < 2 || length % 2 != 0 || rest.Length < length) return false;
        for (rest = rest[..length]; !rest.IsEmpty; rest = rest[2..])
            if (StrongCipherSuites.Contain((TlsCipherSuite)BinaryPrimitives.ReadUInt16BigEndian(rest))) return false;
        return true;
    }
}
