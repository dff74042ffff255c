using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Endless.Http.Tls;

/// <summary>A file with a certificate or a key, whatever its form: how it is read, and which kinds of keys may be in it.</summary>
internal static class CertificateFile
{
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string EllipticCurve = "1.2.840.10045.2.1";

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

    /// <summary>SslStream takes RSA and ECDSA keys.</summary>
    /// <exception cref="TlsCertificateException">The certificate has another.</exception>
    public static void CheckKind(X509Certificate2 certificate, string name)
    {
        var kind = certificate.GetKeyAlgorithm();
        if (kind is not (Rsa or EllipticCurve))
            throw new TlsCertificateException(name, $"has a key of a kind that is not supported ({new Oid(kind).FriendlyName ?? kind}): use RSA or ECDSA");
    }
}
