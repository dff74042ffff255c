using System.Security.Cryptography;
using System.Text;
using Endless.Http.Tests.Fuzzing.Coverage;
using Endless.Http.Tls;

namespace Endless.Http.Tests.Fuzzing.Targets;

/// <summary>
/// Files of certificates and keys: one that cannot be used says why (<see cref="TlsCertificateException"/>) and nothing else is thrown; one that can has its key, also when its blocks stand the other way round.
/// </summary>
internal sealed class PemTarget : FuzzTarget
{
    private readonly TlsCertificate _source = TlsCertificate.FromFile("/fuzz.pem");

    /// <summary>Others each time; the corpus has its own.</summary>
    public override IReadOnlyList<byte[]> Seeds => MakeSeeds();

    public override IReadOnlyList<byte[]> Words { get; } =
        [.. Texts("-----BEGIN ", "-----END ", "CERTIFICATE-----\n", "X509 CERTIFICATE-----\n", "PRIVATE KEY-----\n", "EC PRIVATE KEY-----\n", "RSA PRIVATE KEY-----\n", "ENCRYPTED PRIVATE KEY-----\n", "-----", "----------BEGIN ",
            "Proc-Type: 4,ENCRYPTED\n", "\r\n", "\n\n", "=", "==", "\0", "MII", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"),
            [0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xfe, 0xff], [0xc3, 0xa4], [0xe2, 0x80]];

    public override int MaxLength => 2048;

    public override long MaxWork(int length) => 1_000 + 10L * length;

    public override long MaxAllocated(int length) => 400_000 + 3_000L * length;

    public override void Run(byte[] input)
    {
        var text = PemBlock.Decode(input);
        Assert.Equal(text, PemBlock.Decode(Encoding.UTF8.GetBytes(text)));
        var blocks = PemBlock.FindIn(text);
        foreach (var block in blocks) Assert.Contains(block.Label, block.Text, StringComparison.Ordinal);
        if (!Load(input)) return;
        blocks.Reverse();
        Assert.True(Load(Encoding.UTF8.GetBytes(string.Join('\n', blocks.Select(block => block.Text)))), "The blocks the other way round are no certificate.");
    }

    private bool Load(byte[] content)
    {
        try
        {
            var (certificate, chain) = PemFile.Load(_source, content);
            Assert.True(certificate.HasPrivateKey);
            CertificateFile.CheckKind(certificate, _source.Location);
            foreach (var other in chain) other.Dispose();
            try
            {
                _ = new CertificateNames(certificate).Cover("a.b");
            }
            catch (CryptographicException)
            {
                // Names that cannot be decoded: CertificateLoader says so.
            }
            certificate.Dispose();
            return true;
        }
        catch (TlsCertificateException)
        {
            return false;
        }
    }

    private static byte[][] MakeSeeds()
    {
        var (certificate, key) = Tests.Tls.TestAuthority.Pem(new Tests.Tls.TestAuthority().Issue("a"));
        var pkcs8 = Convert.FromBase64String(key[PemEncoding.Find(key).Base64Data]);
        Tests.Tls.CertificateFiles.NameUnknownCurve(pkcs8);
        return Texts(certificate + PemEncoding.WriteString("PRIVATE KEY", pkcs8), certificate + key, key + "\r\n" + certificate, "Subject: a\n" + certificate);
    }
}
