using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Endless.Http.Tls;

/// <summary>A certificate, its chain and its key as PEM (RFC 7468), in one file or two, in any order.</summary>
/// <remarks>
/// The server's certificate is the one whose key is there, and not the first: authorities ship chains with the root first, and files are put together key first. The
/// order of the chain plays no part, since SslStream builds it anew.
/// </remarks>
internal static class PemFile
{
    /// <summary>Loads them.</summary>
    /// <exception cref="TlsCertificateException">Something is missing, cannot be decoded, or does not match.</exception>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Chain) Load(TlsCertificate source, byte[] content)
    {
        var text = PemBlock.Decode(content);
        var blocks = PemBlock.FindIn(text);
        var certificates = Certificates(source.File!, blocks);
        var keyFile = source.KeyFile ?? source.File!;
        if (source.KeyFile != null)
        {
            text = PemBlock.Decode(CertificateFile.Read(keyFile));
            blocks = PemBlock.FindIn(text);
        }
        var keys = blocks.FindAll(block => block.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal));
        if (keys.Count == 0)
            throw new TlsCertificateException(keyFile, text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)
                ? "holds a key encrypted in OpenSSL's old way; convert it with: openssl pkcs8 -topk8"
                : $"holds no private key in PEM{Contents(blocks)}");
        return Join(source, certificates, keyFile, keys);
    }

    private static X509Certificate2Collection Certificates(string file, List<PemBlock> blocks)
    {
        var certificates = new X509Certificate2Collection();
        foreach (var block in blocks)
        {
            if (block.Label is not ("CERTIFICATE" or "X509 CERTIFICATE")) continue;
            try
            {
                certificates.Add(X509CertificateLoader.LoadCertificate(block.Data));
            }
            catch (CryptographicException exception)
            {
                throw new TlsCertificateException(file, "holds a certificate that cannot be decoded", exception);
            }
        }
        return certificates.Count > 0
            ? certificates
            : throw new TlsCertificateException(file, $"holds no certificate, neither PEM (-----BEGIN CERTIFICATE-----) nor PFX{Contents(blocks)}");
    }

    private static (X509Certificate2 Certificate, X509Certificate2Collection Chain) Join(
        TlsCertificate source, X509Certificate2Collection certificates, string keyFile, List<PemBlock> blocks)
    {
        var keys = blocks.ConvertAll(block => PrivateKey(block, source.Password));
        try
        {
            foreach (var certificate in certificates)
            {
                foreach (var key in keys)
                {
                    if (key == null || WithKey(certificate, key) is not { } joined) continue;
                    certificates.Remove(certificate);
                    certificate.Dispose();
                    return (joined, certificates);
                }
            }
        }
        finally
        {
            foreach (var key in keys) key?.Dispose();
        }
        // First what is wrong with the certificate: a key of a kind that is not supported cannot be read either.
        CertificateFile.CheckKind(certificates[0], source.File!);
        var encrypted = blocks.Exists(IsEncrypted);
        throw new TlsCertificateException(keyFile, keys.TrueForAll(key => key == null)
            ? encrypted
                ? source.Password == null ? "holds an encrypted private key: it needs a password" : "holds a private key that the password does not open"
                : "holds a private key that cannot be decoded"
            : $"holds a private key that does not match the certificate in {source.File}");
    }

    /// <summary>Null if it cannot be read.</summary>
    private static AsymmetricAlgorithm? PrivateKey(PemBlock block, string? password)
    {
        if (IsEncrypted(block) && password == null) return null;
        foreach (var key in (AsymmetricAlgorithm[])[ECDsa.Create(), RSA.Create()])
        {
            try
            {
                if (IsEncrypted(block)) key.ImportFromEncryptedPem(block.Text, password);
                else key.ImportFromPem(block.Text);
                return key;
            }
            catch (Exception exception) when (exception is CryptographicException or ArgumentException or NotSupportedException)
            {
                key.Dispose();  // of the other kind, or of none, or on a curve that OpenSSL does not know
            }
        }
        return null;
    }

    /// <summary>Null if the key is another certificate's.</summary>
    private static X509Certificate2? WithKey(X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        try
        {
            return key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)key);
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException or NotSupportedException)
        {
            return null;
        }
    }

    private static bool IsEncrypted(PemBlock block) => block.Label == "ENCRYPTED PRIVATE KEY";

    private static string Contents(List<PemBlock> blocks) =>
        blocks.Count == 0 ? "" : $"; what it holds is: {string.Join(", ", blocks.Select(block => block.Label).Distinct())}";
}
