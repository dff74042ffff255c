using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Endless.Http.Tls;

/// <summary>A certificate, its chain and its key as PEM (RFC 7468), in one file or two.</summary>
internal static class PemFile
{
    private const string CertificateLabel = "CERTIFICATE";
    private const string EncryptedLabel = "ENCRYPTED PRIVATE KEY";

    /// <summary>Loads them.</summary>
    /// <exception cref="TlsCertificateException">Something is missing, cannot be decoded, or does not match.</exception>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Chain) Load(TlsCertificate source, byte[] content)
    {
        var file = source.File!;
        var certificates = Encoding.UTF8.GetString(content);
        if (!Labels(certificates).Contains(CertificateLabel))
            throw new TlsCertificateException(file, "holds no certificate, neither PEM (-----BEGIN CERTIFICATE-----) nor PFX");
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(certificates);
        }
        catch (CryptographicException exception)
        {
            throw new TlsCertificateException(file, "holds a certificate that cannot be decoded", exception);
        }
        using var leaf = chain[0];
        chain.RemoveAt(0);
        CertificateLoader.CheckKind(leaf, file);    // before the key, which .NET could not read either

        var keyFile = source.KeyFile ?? file;
        var key = source.KeyFile == null ? certificates : Encoding.UTF8.GetString(CertificateLoader.Read(keyFile));
        return (WithKey(leaf, key, keyFile, source), chain);
    }

    private static X509Certificate2 WithKey(X509Certificate2 leaf, string key, string keyFile, TlsCertificate source)
    {
        var labels = Labels(key);
        if (!labels.Any(label => label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)))
            throw new TlsCertificateException(keyFile, key.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)
                ? "holds a key encrypted in OpenSSL's old way; convert it with: openssl pkcs8 -topk8"
                : "holds no private key in PEM");
        var encrypted = labels.Contains(EncryptedLabel);
        if (encrypted && source.Password == null) throw new TlsCertificateException(keyFile, "holds an encrypted private key: it needs a password");
        try
        {
            var certificate = leaf.ExportCertificatePem();
            return encrypted ? X509Certificate2.CreateFromEncryptedPem(certificate, key, source.Password) : X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (ArgumentException exception)
        {
            throw new TlsCertificateException(keyFile, $"holds a private key that does not match the certificate in {source.File}", exception);
        }
        catch (CryptographicException exception)
        {
            throw new TlsCertificateException(keyFile, encrypted
                ? "holds a private key that the password does not open"
                : $"holds no private key that fits the certificate in {source.File}, or one that cannot be decoded", exception);
        }
    }

    private static List<string> Labels(string pem)
    {
        var labels = new List<string>();
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            labels.Add(rest[fields.Label].ToString());
            rest = rest[fields.Location.End..];
        }
        return labels;
    }
}
