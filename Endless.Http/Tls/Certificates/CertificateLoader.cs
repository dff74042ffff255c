using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Endless.Http.Tls;

/// <summary>Makes a certificate with its key and chain of what is in files, or says in one sentence why it cannot.</summary>
internal static class CertificateLoader
{
    private const byte DerSequence = 0x30;
    private const string P256 = "1.2.840.10045.3.1.7";
    private const string P384 = "1.3.132.0.34";
    private const string P521 = "1.3.132.0.35";

    /// <summary>What OpenSSL's security level 2, the default of most distributions, takes.</summary>
    private const int SafeRsaKeySize = 2048;

    /// <summary>Loads and checks a certificate.</summary>
    /// <exception cref="TlsCertificateException">It cannot be used; the message says which file and why.</exception>
    /// <remarks>One that is not valid yet, or no longer, can be used: a service that starts with it is better than none, and whoever asks is told by its client.</remarks>
    public static LoadedCertificate Load(TlsCertificate source, HandshakeSettings settings)
    {
        var name = source.Location;
        try
        {
            var (certificate, chain) = source.Certificate != null ? (source.Certificate, source.Chain) : LoadFile(source);
            CertificateFile.CheckKind(certificate, name);
            var loaded = new LoadedCertificate(new TlsCertificateInfo(source, certificate), settings.For(certificate, chain), new CertificateNames(certificate));
            return TrialHandshake.Run(settings.ForTrial(loaded.Authentication)) is not { } problem
                ? loaded
                : throw new TlsCertificateException(name, $"cannot be used: no client would get through a handshake with it ({problem}){Advice(certificate)}");
        }
        // Whatever else is thrown would end the watch over all certificates, in silence.
        catch (Exception exception) when (exception is CryptographicException or NotSupportedException or ArgumentException)
        {
            throw new TlsCertificateException(name, $"cannot be used: {exception.Message.TrimEnd('.')}", exception);
        }
    }

    /// <summary>What to do about a key that OpenSSL does not take; empty where the key is not at fault.</summary>
    private static string Advice(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPublicKey();
        if (rsa is { KeySize: < SafeRsaKeySize })
            return $". Its RSA key has {rsa.KeySize} bits: make one of {SafeRsaKeySize} bits or more, or an ECDSA key on P-256";
        using var ecdsa = certificate.GetECDsaPublicKey();
        if (ecdsa?.ExportParameters(false).Curve is { } curve && curve.Oid?.Value is not (P256 or P384 or P521))
            return $". Its key is on the curve {curve.Oid?.FriendlyName ?? "of its own"}, which clients do not offer: make one on P-256, P-384 or P-521";
        return "";
    }

    private static (X509Certificate2 Certificate, X509Certificate2Collection Chain) LoadFile(TlsCertificate source)
    {
        var content = CertificateFile.Read(source.File!);
        return content[0] == DerSequence ? PfxFile.Load(source, content) : PemFile.Load(source, content);
    }
}
