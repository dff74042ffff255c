using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Endless.Http.Benchmarks;

/// <summary>A certificate that every server of a comparison uses, with its key, in a directory that goes with it.</summary>
internal sealed class CertificateFiles : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("endless-").FullName;

    public CertificateFiles()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(90));
        Names = [Path.Combine(_directory, "cert.pem"), Path.Combine(_directory, "key.pem")];
        File.WriteAllText(Names[0], certificate.ExportCertificatePem());
        File.WriteAllText(Names[1], key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The certificate's file and the key's.</summary>
    public string[] Names { get; }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
