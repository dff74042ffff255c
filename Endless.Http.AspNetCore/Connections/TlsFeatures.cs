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

    /// <summary>Those of them that Kestrel has in a request's collection.</summary>
    public IEnumerable<KeyValuePair<Type, object>> All => [new(typeof(ITlsConnectionFeature), this), new(typeof(ITlsHandshakeFeature), this)];

    public X509Certificate2? ClientCertificate { get; set; } = state.ClientCertificate;

    public ReadOnlyMemory<byte> ApplicationProtocol => _protocol;

    public SslProtocols Protocol => state.Version;

    public TlsCipherSuite? NegotiatedCipherSuite => state.CipherSuite;

    public string HostName => state.ServerName;

#pragma warning disable SYSLIB0058 // the interface has them still; NegotiatedCipherSuite says it all
    public CipherAlgorithmType CipherAlgorithm => CipherAlgorithmType.None;

    public int CipherStrength => 0;

    public HashAlgorithmType HashAlgorithm => HashAlgorithmType.None;

    public int HashStrength => 0;

    public ExchangeAlgorithmType KeyExchangeAlgorithm => ExchangeAlgorithmType.None;

    public int KeyExchangeStrength => 0;
#pragma warning restore SYSLIB0058

    /// <summary>The certificate that the handshake brought: none is asked for afterwards, which HTTP/2 and TLS 1.3 do not allow in a request.</summary>
    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);

    /// <summary>A feature of the connection; null if it is none of TLS's.</summary>
    public object? Find(Type type) => type == typeof(ITlsConnectionFeature) || type == typeof(ITlsHandshakeFeature) || type == typeof(ITlsApplicationProtocolFeature) ? this : null;
}
