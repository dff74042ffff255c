using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Endless.Http.Load;

/// <summary>A certificate for localhost and its key, in a directory that goes with it.</summary>
internal sealed class SelfSignedFiles : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("endless-").FullName;

    public SelfSignedFiles()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(90));
        Certificate = Path.Combine(_directory, "cert.pem");
        Key = Path.Combine(_directory, "key.pem");
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
    }

    public string Certificate { get; }

    public string Key { get; }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
