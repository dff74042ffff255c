using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Endless.Http.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.Tests.Tls;

/// <summary>PEM files as people have them: each holds one certificate of a chain of three with its key, and is taken for what it means.</summary>
public sealed class PemFormsTests : IDisposable
{
    private const string Bag = "Bag Attributes\n    localKeyID: 01 4A 5C \n    friendlyName: site\nKey Attributes: <No Attributes>\n";
    private const string Session = "CONNECTED(00000003)\n---\nCertificate chain\n 0 s:CN = localhost\n   i:CN = Test Intermediate\n";

    private static readonly TestAuthority Intermediate = new(TlsFixture.Authority);
    private static readonly X509Certificate2 Site = Intermediate.Issue("localhost");
    private static readonly (string Certificate, string Key) Pem = TestAuthority.Pem(Site);
    private static readonly string Chain = Intermediate.Certificate.ExportCertificatePem();
    private static readonly string Root = TlsFixture.Authority.Certificate.ExportCertificatePem();
    private static readonly string Sec1 = Site.GetECDsaPrivateKey()!.ExportECPrivateKeyPem();
    private static readonly string OtherKey = ECDsa.Create(ECCurve.NamedCurves.nistP384).ExportPkcs8PrivateKeyPem();
    private static readonly string RsaKey = RSA.Create(2048).ExportRSAPrivateKeyPem();

    private static readonly Dictionary<string, string> Forms = new()
    {
        ["certificate, chain, key"] = Lines(Pem.Certificate, Chain, Pem.Key),
        ["key, certificate, chain"] = Lines(Pem.Key, Pem.Certificate, Chain),
        ["chain with the root first, key in the middle"] = Lines(Root, Chain, Pem.Key, Pem.Certificate),
        ["several keys"] = Lines(RsaKey, OtherKey, Pem.Key, Pem.Certificate, Chain),
        ["an encrypted key that is another's"] = Lines(Encrypted(), Pem.Key, Pem.Certificate, Chain),
        ["the certificate twice"] = Lines(Pem.Certificate, Pem.Certificate, Chain, Pem.Key),
        ["no newline at the end"] = Lines(Pem.Certificate, Chain, Pem.Key).TrimEnd('\n'),
        ["no newline between the files that were put together"] = Pem.Certificate + Chain + Pem.Key,
        ["CRLF"] = Lines(Pem.Certificate, Chain, Pem.Key).ReplaceLineEndings("\r\n"),
        ["CR"] = Lines(Pem.Certificate, Chain, Pem.Key).ReplaceLineEndings("\r"),
        ["a byte order mark"] = "\uFEFF" + Lines(Pem.Certificate, Chain, Pem.Key),
        ["a byte order mark before each part"] = Lines("\uFEFF" + Pem.Key, "\uFEFF" + Pem.Certificate, "\uFEFF" + Chain),
        ["indented"] = Lines(Pem.Certificate, Chain, Pem.Key).Replace("\n", "\n    "),
        ["openssl pkcs12"] = Lines(Bag + Pem.Certificate, Bag + Chain, Bag + Pem.Key),
        ["openssl s_client -showcerts"] = Lines(Session + Pem.Certificate, " 1 s:CN = Test Intermediate", Chain, "---\nServer certificate\nsubject=CN = localhost\n---", Pem.Key),
        ["SEC 1"] = Lines(Pem.Certificate, Chain, Sec1),
        ["openssl ecparam -genkey"] = Lines("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----", Sec1, Pem.Certificate, Chain),
        ["Netscape's label"] = Lines(Pem.Certificate, Chain, Pem.Key).Replace(" CERTIFICATE", " X509 CERTIFICATE"),
    };

    private readonly CertificateFiles _files = new();

    public static TheoryData<string> Names => [.. Forms.Keys];

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void One_file_is_read(string form)
    {
        File.WriteAllText(_files["site.pem"], Forms[form]);
        AssertSite(Load(TlsCertificate.FromFile(_files["site.pem"])));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_of_everything_is_read_as_certificate_and_as_key(string form)
    {
        File.WriteAllText(_files.Certificate, Forms[form]);
        File.WriteAllText(_files.Key, Forms[form]);
        AssertSite(Load(TlsCertificate.FromFile(_files.Certificate, _files.Key)));
    }

    [Fact]
    public void UTF_16_is_read_where_a_byte_order_mark_says_so()
    {
        File.WriteAllText(_files["site.pem"], Forms["certificate, chain, key"], Encoding.Unicode);
        AssertSite(Load(TlsCertificate.FromFile(_files["site.pem"])));
    }

    [Fact]
    public void An_RSA_key_is_read_in_the_form_of_PKCS_1()
    {
        var site = _files.Write(rsa: true);
        File.WriteAllText(_files.Key, site.GetRSAPrivateKey()!.ExportRSAPrivateKeyPem());
        Assert.Equal("CN=localhost", Load(TlsCertificate.FromFile(_files.Certificate, _files.Key)).Info.Subject);
    }

    [Fact]
    public void A_file_of_certificates_for_a_key_says_what_it_holds()
    {
        File.WriteAllText(_files.Certificate, Pem.Certificate);
        var refused = Assert.Throws<TlsCertificateException>(() => Load(TlsCertificate.FromFile(_files.Certificate)));
        Assert.Equal($"{_files.Certificate} holds no private key in PEM; what it holds is: CERTIFICATE.", refused.Message);
    }

    private static void AssertSite(LoadedCertificate loaded)
    {
        Assert.Equal(Site.GetCertHashString(HashAlgorithmName.SHA256), loaded.Info.Fingerprint);
        Assert.Equal("CN=Test Intermediate", Assert.Single(loaded.Authentication.ServerCertificateContext!.IntermediateCertificates).Subject);
    }

    private static LoadedCertificate Load(TlsCertificate source) => CertificateLoader.Load(source, new HandshakeSettings(new TlsOptions(), NullLogger.Instance));

    private static string Lines(params string[] parts) => string.Join('\n', parts) + "\n";

    private static string Encrypted()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
    }
}
