using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Endless.Http.Tests.Tls;

/// <summary>A certificate authority of one test, and the certificates it issues.</summary>
internal sealed class TestAuthority
{
    /// <summary>A root, or an authority that another one vouches for.</summary>
    public TestAuthority(TestAuthority? issuer = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(issuer == null ? "CN=Test Authority" : "CN=Test Intermediate", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var start = DateTimeOffset.UtcNow.AddYears(-3);
        Certificate = issuer == null
            ? request.CreateSelfSigned(start, start.AddYears(10))
            : request.Create(issuer.Certificate, start, start.AddYears(9), RandomNumberGenerator.GetBytes(16)).CopyWithPrivateKey(key);
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>A certificate for a host, or for a client of that name.</summary>
    public X509Certificate2 Issue(string name, DateTimeOffset? notAfter = null, bool rsa = false) =>
        Issue(name, rsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256), notAfter);

    /// <summary>A certificate with a key of the test's choice, which is disposed of.</summary>
    public X509Certificate2 Issue(string name, AsymmetricAlgorithm key, DateTimeOffset? notAfter = null, DateTimeOffset? notBefore = null, params string[] otherNames)
    {
        using var _ = key;
        var request = key is RSA rsaKey
            ? new CertificateRequest($"CN={name}", rsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest($"CN={name}", (ECDsa)key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var each in (string[])[name, .. otherNames]) names.AddDnsName(each);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        var end = notAfter ?? DateTimeOffset.UtcNow.AddYears(1);
        var generator = X509SignatureGenerator.CreateForECDsa(Certificate.GetECDsaPrivateKey()!);
        var certificate = request.Create(Certificate.SubjectName, generator, notBefore ?? end.AddYears(-2), end, RandomNumberGenerator.GetBytes(16));
        return key is RSA ? certificate.CopyWithPrivateKey((RSA)key) : certificate.CopyWithPrivateKey((ECDsa)key);
    }

    /// <summary>Certificate and key as PEM.</summary>
    public static (string Certificate, string Key) Pem(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm key = certificate.GetRSAPrivateKey() ?? (AsymmetricAlgorithm)certificate.GetECDsaPrivateKey()!;
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
