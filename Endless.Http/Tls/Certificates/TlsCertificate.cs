using System.Security.Cryptography.X509Certificates;

namespace Endless.Http;

/// <summary>Where a certificate with its private key and its chain comes from. Immutable. Mirrors Go's <c>tls.LoadX509KeyPair</c>.</summary>
public sealed class TlsCertificate
{
    private TlsCertificate() { }

    internal string? File { get; private init; }

    internal string? KeyFile { get; private init; }

    internal string? Password { get; private init; }

    /// <summary>Which one is at fault, in messages: the file's name, or the certificate's subject.</summary>
    internal string Location => File ?? Certificate!.Subject;

    internal X509Certificate2? Certificate { get; private init; }

    internal X509Certificate2Collection Chain { get; private init; } = [];

    /// <summary>
    /// A certificate in files: PEM, the server's own certificate and the rest of its chain in any order, with the key in a file of its own or
    /// in the same; or PFX (PKCS #12). Which it is, the content says. Keys are RSA or ECDSA. Nothing is read before the server starts; from
    /// then on the files are watched, and a new certificate is used as soon as certificate and key are both there and match.
    /// </summary>
    /// <param name="certFile">The certificate's file.</param>
    /// <param name="keyFile">The private key's file (PEM); null or empty if <paramref name="certFile"/> holds the key too.</param>
    /// <param name="password">Opens an encrypted key or PFX; null if there is none.</param>
    public static TlsCertificate FromFile(string certFile, string? keyFile = null, string? password = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(certFile);
        // In full, so that a later change of the working directory does not change what is watched.
        return new() { File = Path.GetFullPath(certFile), KeyFile = string.IsNullOrEmpty(keyFile) ? null : Path.GetFullPath(keyFile), Password = password };
    }

    /// <summary>A certificate that the program made or loaded itself. It must stay undisposed while the server runs, and cannot be reloaded.</summary>
    /// <param name="certificate">The server's certificate, with its private key.</param>
    /// <param name="chain">The certificates between it and its root; null if there are none.</param>
    /// <exception cref="ArgumentException">The certificate has no private key.</exception>
    public static TlsCertificate From(X509Certificate2 certificate, X509Certificate2Collection? chain = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (!certificate.HasPrivateKey) throw new ArgumentException($"The certificate {certificate.Subject} has no private key.", nameof(certificate));
        return new() { Certificate = certificate, Chain = chain ?? [] };
    }

    /// <summary>The files' names, or the certificate's subject.</summary>
    public override string ToString() => KeyFile == null ? File ?? Certificate!.Subject : $"{File} with {KeyFile}";
}
