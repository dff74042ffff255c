using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Endless.Http.Load;

/// <summary>A certificate for localhost and its key, in a directory that goes with them.</summary>
public sealed class SelfSignedFiles : IDisposable
{
    public SelfSignedFiles()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(90));
        Names = [Path.Combine(Directory, "cert.pem"), Path.Combine(Directory, "key.pem")];
        File.WriteAllText(Names[0], certificate.ExportCertificatePem());
        File.WriteAllText(Names[1], key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Where they lie, and where whatever else the run needs for a while can lie.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("endless-").FullName;

    /// <summary>The certificate's file and the key's.</summary>
    public string[] Names { get; }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
