using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Endless.Http.Tests.Server;
using Endless.Http.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.Tests.Tls;

/// <summary>What OpenSSL would refuse at each client's handshake is found when it is loaded.</summary>
public sealed class TrialHandshakeTests : IDisposable
{
    private const string P192 = "1.2.840.10045.3.1.1";

    private readonly CertificateFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task An_RSA_key_of_1024_bits_fails_the_start_and_the_error_says_what_to_do()
    {
        _files.Write(TlsFixture.Authority.Issue("localhost", RSA.Create(1024)));
        using var fixture = new ServerFixture();
        var refused = await Assert.ThrowsAsync<TlsCertificateException>(() => fixture.Server.ListenAndServeTLSAsync(_files.Certificate, _files.Key));
        Assert.Equal(_files.Certificate, refused.File);
        Assert.Contains("key too small", refused.Message);
        Assert.EndsWith("Its RSA key has 1024 bits: make one of 2048 bits or more, or an ECDSA key on P-256.", refused.Message);
        Assert.Null(fixture.Server.LocalEndPoint);
    }

    [Fact]
    public void A_key_on_P_192_is_refused_with_the_curves_that_clients_offer()
    {
        var refused = AssertRefused(TlsFixture.Authority.Issue("localhost", ECDsa.Create(ECCurve.CreateFromValue(P192))));
        Assert.EndsWith("make one on P-256, P-384 or P-521.", refused.Message);
    }

    [Fact]
    public void A_chain_with_a_weak_key_is_refused()
    {
        using var weak = RSA.Create(1024);
        var request = new CertificateRequest("CN=Weak Intermediate", weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var start = DateTimeOffset.UtcNow.AddYears(-3);
        var root = TlsFixture.Authority.Certificate;
        using var intermediate = request.Create(root.SubjectName, X509SignatureGenerator.CreateForECDsa(root.GetECDsaPrivateKey()!), start, start.AddYears(9), [1]);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .Create(intermediate.SubjectName, X509SignatureGenerator.CreateForRSA(weak, RSASignaturePadding.Pkcs1), start, start.AddYears(8), [2]);
        AssertRefused(leaf.CopyWithPrivateKey(key), intermediate);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12 | SslProtocols.Tls13)]
    public void It_succeeds_whatever_is_asked_of_clients(SslProtocols versions)
    {
        foreach (var rsa in (bool[])[false, true])
        {
            Load(TlsCertificate.From(TlsFixture.Authority.Issue("localhost", rsa: rsa)), options =>
            {
                options.Protocols = versions;
                options.ApplicationProtocols.Clear();
                options.ClientCertificates = ClientCertificateMode.Required;
                options.ClientAuthorities.Add(TlsFixture.Authority.Certificate);
                options.SessionResumption = rsa;
            });
        }
    }

    private static TlsCertificateException AssertRefused(X509Certificate2 certificate, X509Certificate2? issuer = null)
    {
        var refused = Assert.Throws<TlsCertificateException>(() => Load(TlsCertificate.From(certificate, issuer == null ? null : [issuer]), _ => { }));
        Assert.StartsWith("CN=localhost cannot be used: no client would get through a handshake with it (", refused.Message);
        return refused;
    }

    private static void Load(TlsCertificate source, Action<TlsOptions> configure)
    {
        var options = new TlsOptions();
        configure(options);
        CertificateLoader.Load(source, new HandshakeSettings(options, NullLogger.Instance));
    }
}
