using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Endless.Http.Tests.Processes;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Tls;

/// <summary>A directory with a certificate and its key, and the ways in which people replace them.</summary>
internal sealed class CertificateFiles : IDisposable
{
    private readonly TempDirectory _directory = new();

    public string Certificate => _directory["cert.pem"];

    public string Key => _directory["key.pem"];

    public string this[string name] => _directory[name];

    /// <summary>Writes a new certificate, chain and key included, over what there is.</summary>
    public X509Certificate2 Write(string name = "localhost", DateTimeOffset? notAfter = null, bool rsa = false) =>
        Write(TlsFixture.Authority.Issue(name, notAfter, rsa));

    /// <summary>Writes a certificate and its key over what there is.</summary>
    public X509Certificate2 Write(X509Certificate2 certificate)
    {
        var (pem, key) = TestAuthority.Pem(certificate);
        File.WriteAllText(Certificate, pem + "\n");
        WriteKey(Key, key + "\n");
        return certificate;
    }

    /// <summary>Has the key's file name a curve that OpenSSL does not know.</summary>
    public void PutKeyOnUnknownCurve()
    {
        var pem = File.ReadAllText(Key);
        var key = Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);
        NameUnknownCurve(key);
        WriteKey(Key, PemEncoding.WriteString("PRIVATE KEY", key) + "\n");
    }

    /// <summary>Changes each P-256 in an encoding, 1.2.840.10045.3.1.7, into 1.2.840.10045.3.3.7.</summary>
    public static void NameUnknownCurve(Span<byte> encoding)
    {
        for (var at = encoding.IndexOf(P256); at >= 0; at = encoding.IndexOf(P256)) encoding[at + P256.Length - 2] = 3;
    }

    private static ReadOnlySpan<byte> P256 => [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

    /// <summary>Puts new files in the place of the old ones by a rename each, as certbot's and most other tools do.</summary>
    public X509Certificate2 Rename(string name = "localhost")
    {
        var certificate = TlsFixture.Authority.Issue(name);
        var (pem, key) = TestAuthority.Pem(certificate);
        WriteKey(Key + ".new", key);
        File.WriteAllText(Certificate + ".new", pem);
        File.Move(Key + ".new", Key, overwrite: true);
        File.Move(Certificate + ".new", Certificate, overwrite: true);
        return certificate;
    }

    /// <summary>Makes the files links into a directory that is itself a link, and swaps that, as Kubernetes does with a secret.</summary>
    public X509Certificate2 Swap(string version, string name = "localhost")
    {
        var certificate = TlsFixture.Authority.Issue(name);
        var (pem, key) = TestAuthority.Pem(certificate);
        Directory.CreateDirectory(_directory[version]);
        File.WriteAllText(Path.Combine(_directory[version], "cert.pem"), pem);
        WriteKey(Path.Combine(_directory[version], "key.pem"), key);
        var data = _directory["..data"];
        Directory.CreateSymbolicLink(data + ".new", version);
        Assert.Equal(0, Stdlib.rename(data + ".new", data));
        if (!File.Exists(Certificate)) File.CreateSymbolicLink(Certificate, "..data/cert.pem");
        if (!File.Exists(Key)) File.CreateSymbolicLink(Key, "..data/key.pem");
        return certificate;
    }

    /// <summary>Writes a key that a password opens, in the place of the plain one.</summary>
    public void EncryptKey(X509Certificate2 certificate, string password)
    {
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(Key, key.ExportEncryptedPkcs8PrivateKeyPem(password, parameters));
    }

    /// <summary>Only its owner can read it.</summary>
    private static void WriteKey(string path, string key)
    {
        File.WriteAllText(path, "");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(path, key);
    }

    public void Dispose() => _directory.Dispose();
}
