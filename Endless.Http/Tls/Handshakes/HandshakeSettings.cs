using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tls;

/// <summary>What <see cref="TlsOptions"/> says of every handshake, whatever its certificate: a snapshot taken when the server starts. Immutable.</summary>
internal sealed class HandshakeSettings
{
    private readonly ILogger _logger;
    private readonly SslProtocols _protocols;
    private readonly List<SslApplicationProtocol> _applicationProtocols;
    private readonly ClientCertificateMode _clientCertificates;
    private readonly X509Certificate2Collection _clientAuthorities;
    private readonly Func<X509Certificate2, X509Chain?, SslPolicyErrors, bool>? _validation;
    private readonly bool _resumption;
    private readonly bool _stapling;
    private readonly CipherSuitesPolicy? _cipherSuites;

    /// <summary>Takes the snapshot.</summary>
    public HandshakeSettings(TlsOptions options, ILogger logger)
    {
        _logger = logger;
        _protocols = options.Protocols;
        _applicationProtocols = [.. options.ApplicationProtocols.Select(name => new SslApplicationProtocol(name))];
        _clientCertificates = options.ClientCertificates;
        _clientAuthorities = [.. options.ClientAuthorities];
        _validation = options.ClientCertificateValidation;
        _resumption = options.SessionResumption;
        _stapling = options.OcspStapling;
        _cipherSuites = options.CipherSuites;
    }

    /// <summary>Weak cipher suites are refused here, and not by a policy: with one SslStream would keep no SSL_CTX, so that nothing is resumed and a handshake costs twice as much.</summary>
    public bool RefusesWeakCipherSuites => _cipherSuites is null;

    /// <summary>The handshake with one certificate.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Its chain makes no sense.</exception>
    /// <remarks>
    /// Made once for each certificate: SslStream keeps OpenSSL's SSL_CTX with the context made here, and with it the keys of session tickets
    /// and the cache of sessions.
    /// </remarks>
    public SslServerAuthenticationOptions For(X509Certificate2 certificate, X509Certificate2Collection chain)
    {
        var asks = _clientCertificates != ClientCertificateMode.None;
        var trust = asks && _clientAuthorities.Count > 0
            ? SslCertificateTrust.CreateForX509Collection(_clientAuthorities, sendTrustInHandshake: true)
            : null;
        return new SslServerAuthenticationOptions
        {
            // Offline: neither a missing part of the chain nor the certificate's status is fetched from the network.
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: !_stapling, trust),
            EnabledSslProtocols = _protocols,
            ApplicationProtocols = _applicationProtocols.Count > 0 ? _applicationProtocols : null,
            AllowRenegotiation = false,
            AllowTlsResume = _resumption,
            CipherSuitesPolicy = _cipherSuites,
            ClientCertificateRequired = asks,
            CertificateChainPolicy = asks ? ClientChainPolicy() : null,
            RemoteCertificateValidationCallback = asks ? Validate : null,
        };
    }

    /// <summary>The same handshake for a client that has no certificate: it is tried whether the server's own works.</summary>
    public SslServerAuthenticationOptions ForTrial(SslServerAuthenticationOptions options) => new()
    {
        ServerCertificateContext = options.ServerCertificateContext,
        EnabledSslProtocols = _protocols,
        ApplicationProtocols = options.ApplicationProtocols,
        AllowRenegotiation = false,
        AllowTlsResume = _resumption,
        CipherSuitesPolicy = _cipherSuites,
    };

    private X509ChainPolicy ClientChainPolicy()
    {
        var policy = new X509ChainPolicy
        {
            // A client's certificate names addresses to fetch its issuers and its status from: not on a stranger's word.
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        if (_clientAuthorities.Count == 0) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(_clientAuthorities);
        return policy;
    }

    private bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate == null) return _clientCertificates == ClientCertificateMode.Optional;
        if (_validation == null) return errors == SslPolicyErrors.None;
        try
        {
            return _validation((X509Certificate2)certificate, chain, errors);
        }
        catch (Exception exception)
        {
            TlsLog.ValidationFailed(_logger, exception);
            return false;
        }
    }
}
