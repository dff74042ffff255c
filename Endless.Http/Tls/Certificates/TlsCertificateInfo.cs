using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Endless.Http;

/// <summary>A certificate that a server presents to its clients. Immutable.</summary>
public sealed class TlsCertificateInfo
{
    internal TlsCertificateInfo(TlsCertificate source, X509Certificate2 certificate)
    {
        Source = source.ToString();
        Subject = certificate.Subject;
        Fingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        NotBefore = certificate.NotBefore;
        NotAfter = certificate.NotAfter;
    }

    /// <summary>Where it comes from: its files.</summary>
    public string Source { get; }

    /// <summary>Whom it names: <c>CN=example.com</c>.</summary>
    public string Subject { get; }

    /// <summary>SHA-256 of the certificate in hexadecimal, as <c>openssl x509 -fingerprint -sha256</c> prints it but without colons.</summary>
    public string Fingerprint { get; }

    /// <summary>From when on it is valid.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>When it expires.</summary>
    public DateTimeOffset NotAfter { get; }

    internal bool IsValidAt(DateTimeOffset time) => time >= NotBefore && time <= NotAfter;

    /// <summary>Source and subject.</summary>
    public override string ToString() => $"{Source} ({Subject})";
}
