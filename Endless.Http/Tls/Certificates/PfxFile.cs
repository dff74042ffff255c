using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Endless.Http.Tls;

/// <summary>A certificate, its chain and its key as PFX (PKCS #12, RFC 7292).</summary>
internal static class PfxFile
{
    /// <summary>Loads them.</summary>
    /// <exception cref="TlsCertificateException">The password does not open the file, or it holds no certificate with a key.</exception>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Chain) Load(TlsCertificate source, byte[] content)
    {
        var file = source.File!;
        if (IsCertificate(content))
            throw new TlsCertificateException(file, "is a certificate in binary form (DER); convert it to PEM with: openssl x509 -inform der -in FILE -out FILE.pem");
        if (source.KeyFile != null)
            throw new TlsCertificateException(file, $"is not PEM, so the key file {source.KeyFile} cannot belong to it; a PFX file holds its key itself");
        X509Certificate2Collection all;
        try
        {
            all = X509CertificateLoader.LoadPkcs12Collection(content, source.Password);
        }
        catch (CryptographicException exception)
        {
            throw new TlsCertificateException(file, source.Password == null
                ? "cannot be decoded: it is not PFX, or it needs a password"
                : "cannot be decoded: it is not PFX, or the password does not open it", exception);
        }
        var certificate = all.FirstOrDefault(candidate => candidate.HasPrivateKey)
            ?? throw new TlsCertificateException(file, "holds no certificate with a private key");
        all.Remove(certificate);
        return (certificate, all);
    }

    private static bool IsCertificate(byte[] content)
    {
        try
        {
            X509CertificateLoader.LoadCertificate(content).Dispose();
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
