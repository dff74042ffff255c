using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Endless.Http.Tls;

/// <summary>Makes a certificate with its key and chain of what is in files, or says in one sentence why it cannot.</summary>
internal static class CertificateLoader
{
    private const byte DerSequence = 0x30;
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string EllipticCurve = "1.2.840.10045.2.1";

    /// <summary>Loads and checks a certificate.</summary>
    /// <exception cref="TlsCertificateException">It cannot be used; the message says which file and why.</exception>
    public static LoadedCertificate Load(TlsCertificate source, HandshakeSettings settings, DateTimeOffset now)
    {
        var name = source.File ?? source.Certificate!.Subject;
        var (certificate, chain) = source.Certificate != null ? (source.Certificate, source.Chain) : LoadFile(source);

        CheckKind(certificate, name);
        if (now > certificate.NotAfter)
            throw new TlsCertificateException(name, $"has expired: it was valid until {certificate.NotAfter.ToUniversalTime():u}");
        try
        {
            return new LoadedCertificate(new TlsCertificateInfo(source, certificate), settings.For(certificate, chain));
        }
        catch (Exception exception) when (exception is CryptographicException or NotSupportedException)
        {
            throw new TlsCertificateException(name, $"cannot be used: {exception.Message.TrimEnd('.')}", exception);
        }
    }

    /// <summary>SslStream takes RSA and ECDSA keys.</summary>
    /// <exception cref="TlsCertificateException">The certificate has another.</exception>
    public static void CheckKind(X509Certificate2 certificate, string name)
    {
        var kind = certificate.GetKeyAlgorithm();
        if (kind is not (Rsa or EllipticCurve))
            throw new TlsCertificateException(name, $"has a key of a kind that is not supported ({new Oid(kind).FriendlyName ?? kind}): use RSA or ECDSA");
    }

    private static (X509Certificate2 Certificate, X509Certificate2Collection Chain) LoadFile(TlsCertificate source)
    {
        var content = Read(source.File!);
        return content[0] == DerSequence ? PfxFile.Load(source, content) : PemFile.Load(source, content);
    }

    /// <summary>The whole file.</summary>
    /// <exception cref="TlsCertificateException">It is missing, unreadable or empty.</exception>
    public static byte[] Read(string file)
    {
        try
        {
            var content = File.ReadAllBytes(file);
            return content.Length > 0 ? content : throw new TlsCertificateException(file, "is empty");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TlsCertificateException(file, "does not exist", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new TlsCertificateException(file, Directory.Exists(file) ? "is a directory" : "cannot be read: permission denied", exception);
        }
        catch (IOException exception) when (exception is not TlsCertificateException)
        {
            throw new TlsCertificateException(file, $"cannot be read: {exception.Message.TrimEnd('.')}", exception);
        }
    }
}
