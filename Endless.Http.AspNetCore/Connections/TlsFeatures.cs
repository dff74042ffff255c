using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Endless.Http.AspNetCore.Connections;

/// <summary>What TLS agreed on for a connection.</summary>
internal sealed class TlsFeatures(TlsConnectionState state) : ITlsConnectionFeature, ITlsHandshakeFeature, ITlsApplicationProtocolFeature
{
    private readonly byte[] _protocol = Encoding.ASCII.GetBytes(state.NegotiatedProtocol);

    /// <summary>Set to null, it is the connection's again, as on Kestrel.</summary>
    public X509Certificate2? ClientCertificate
    {
        get => field ?? state.ClientCertificate;
        set;
    }

    public ReadOnlyMemory<byte> ApplicationProtocol => _protocol;

    public SslProtocols Protocol => state.Version;

    public TlsCipherSuite? NegotiatedCipherSuite => state.CipherSuite;

    public string HostName => state.ServerName;

#pragma warning disable SYSLIB0058 // the interface has them still, and logs print them; NegotiatedCipherSuite says it all
    public CipherAlgorithmType CipherAlgorithm => state.Algorithms.Cipher;

    public int CipherStrength => state.Algorithms.CipherStrength;

    public HashAlgorithmType HashAlgorithm => state.Algorithms.Hash;

    public int HashStrength => state.Algorithms.HashStrength;

    public ExchangeAlgorithmType KeyExchangeAlgorithm => state.Algorithms.KeyExchange;

    public int KeyExchangeStrength => state.Algorithms.KeyExchangeStrength;
#pragma warning restore SYSLIB0058

    /// <summary>The certificate that the handshake brought: none is asked for afterwards, which HTTP/2 and TLS 1.3 do not allow in a request.</summary>
    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);

    /// <summary>A feature of the connection; null if it is none of TLS's.</summary>
    public object? Find(Type type) => type == typeof(ITlsConnectionFeature) || type == typeof(ITlsHandshakeFeature) || type == typeof(ITlsApplicationProtocolFeature) ? this : null;
}
