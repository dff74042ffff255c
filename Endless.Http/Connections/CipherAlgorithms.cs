using System.Net.Security;
using System.Security.Authentication;

namespace Endless.Http.Connections;

#pragma warning disable SYSLIB0058 // obsolete, and ASP.NET Core's feature of a handshake has them still

/// <summary>What a cipher suite consists of, in the words that .NET had before it named suites.</summary>
internal readonly record struct CipherAlgorithms(CipherAlgorithmType Cipher, int CipherStrength, HashAlgorithmType Hash, int HashStrength, ExchangeAlgorithmType KeyExchange, int KeyExchangeStrength)
{
    /// <summary>Those of a stream whose handshake is done.</summary>
    public static CipherAlgorithms Of(SslStream stream) =>
        new(stream.CipherAlgorithm, stream.CipherStrength, stream.HashAlgorithm, stream.HashStrength, stream.KeyExchangeAlgorithm, stream.KeyExchangeStrength);
}
