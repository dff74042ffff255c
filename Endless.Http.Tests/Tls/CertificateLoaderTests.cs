using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Endless.Http.Tests.Processes;
using Endless.Http.Tls;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.Tests.Tls;

public sealed class CertificateLoaderTests : IDisposable
{
    private readonly CertificateFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_certificate_and_its_key_in_two_files(bool rsa)
    {
        var certificate = _files.Write(rsa: rsa);
        var info = Load().Info;
        Assert.Equal("CN=localhost", info.Subject);
        Assert.Equal(certificate.NotAfter, info.NotAfter);
        Assert.Equal(certificate.GetCertHashString(HashAlgorithmName.SHA256), info.Fingerprint);
        Assert.Contains(_files.Certificate, info.Source);
    }

    [Fact]
    public void Both_in_one_file_with_the_key_first()
    {
        _files.Write();
        File.WriteAllText(_files["both.pem"], File.ReadAllText(_files.Key) + "some words between\n" + File.ReadAllText(_files.Certificate));
        Assert.Equal("CN=localhost", Load(TlsCertificate.FromFile(_files["both.pem"])).Info.Subject);
    }

    [Fact]
    public void The_chain_is_sent_too()
    {
        _files.Write();
        File.AppendAllText(_files.Certificate, TlsFixture.Authority.Certificate.ExportCertificatePem());
        Assert.NotNull(Load().Authentication.ServerCertificateContext);
    }

    [Fact]
    public void An_encrypted_key_with_its_password()
    {
        _files.EncryptKey(_files.Write(), "secret");
        Load(TlsCertificate.FromFile(_files.Certificate, _files.Key, "secret"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("secret")]
    public void Pfx(string? password)
    {
        var certificate = _files.Write();
        File.WriteAllBytes(_files["site.pfx"], new X509Certificate2Collection { certificate, TlsFixture.Authority.Certificate }.Export(X509ContentType.Pfx, password)!);
        Assert.Equal("CN=localhost", Load(TlsCertificate.FromFile(_files["site.pfx"], password: password)).Info.Subject);
    }

    [FactWithTools("openssl")]
    public async Task Keys_as_openssl_writes_them()
    {
        foreach (var arguments in (string[][])[["rsa:2048"], ["ec", "-pkeyopt", "ec_paramgen_curve:secp384r1"]])
        {
            await Tool.RunAsync("openssl", ["req", "-x509", "-nodes", "-subj", "/CN=openssl", "-keyout", _files.Key, "-out", _files.Certificate, "-newkey", .. arguments]);
            Load();
            // The forms of PKCS #1 and SEC 1, "RSA PRIVATE KEY" and "EC PRIVATE KEY".
            await Tool.RunAsync("openssl", "pkey", "-in", _files.Key, "-traditional", "-out", _files["old.pem"]);
            Load(TlsCertificate.FromFile(_files.Certificate, _files["old.pem"]));
        }
    }

    [Fact]
    public void Missing_certificate() => AssertFails(_files.Certificate, "does not exist");

    [Fact]
    public void Missing_key()
    {
        _files.Write();
        File.Delete(_files.Key);
        AssertFails(_files.Key, "does not exist");
    }

    [Fact]
    public void Missing_directory() =>
        AssertFails(_files["no/such/cert.pem"], "does not exist", TlsCertificate.FromFile(_files["no/such/cert.pem"], _files.Key));

    [Fact]
    public void Directory_for_a_file()
    {
        Directory.CreateDirectory(_files.Certificate);
        AssertFails(_files.Certificate, "is a directory");
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("not a certificate", "holds no certificate")]
    [InlineData("-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n", "what it holds is: PKCS7")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be decoded")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB", "holds no certificate")]
    [InlineData("0 that looks like the beginning of DER", "is not PEM")]
    public void Something_else_for_a_certificate(string content, string reason)
    {
        _files.Write();
        File.WriteAllText(_files.Certificate, content);
        AssertFails(_files.Certificate, reason);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("not a key", "holds no private key")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "cannot be decoded")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n", "openssl pkcs8 -topk8")]
    public void Something_else_for_a_key(string content, string reason)
    {
        _files.Write();
        File.WriteAllText(_files.Key, content);
        AssertFails(_files.Key, reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Key_of_another_certificate(bool rsa)
    {
        _files.Write(rsa: rsa);
        var key = File.ReadAllText(_files.Key);
        _files.Write();
        File.WriteAllText(_files.Key, key);
        AssertFails(_files.Key, $"does not match the certificate in {_files.Certificate}");
    }

    [Theory]
    [InlineData(null, "needs a password")]
    [InlineData("wrong", "the password does not open")]
    public void Encrypted_key_without_its_password(string? password, string reason)
    {
        _files.EncryptKey(_files.Write(), "secret");
        AssertFails(_files.Key, reason, TlsCertificate.FromFile(_files.Certificate, _files.Key, password));
    }

    [Theory]
    [InlineData(null, "needs a password")]
    [InlineData("wrong", "the password does not open it")]
    public void Pfx_without_its_password(string? password, string reason)
    {
        File.WriteAllBytes(_files["site.pfx"], _files.Write().Export(X509ContentType.Pfx, "secret"));
        AssertFails(_files["site.pfx"], reason, TlsCertificate.FromFile(_files["site.pfx"], password: password));
    }

    [Fact]
    public void Pfx_without_a_key()
    {
        File.WriteAllBytes(_files["site.pfx"], X509CertificateLoader.LoadCertificate(_files.Write().RawData).Export(X509ContentType.Pfx));
        AssertFails(_files["site.pfx"], "no certificate with a private key", TlsCertificate.FromFile(_files["site.pfx"]));
    }

    [Fact]
    public void Expired_certificate()
    {
        _files.Write(notAfter: DateTimeOffset.UtcNow.AddMinutes(-1));
        Assert.False(Load().Info.IsValidAt(DateTimeOffset.UtcNow));
    }

    [Fact]
    public void Certificate_in_binary_form_is_told_how_to_convert_it()
    {
        File.WriteAllBytes(_files.Certificate, _files.Write().RawData);
        AssertFails(_files.Certificate, "openssl x509 -inform der");
    }

    [FactWithTools("openssl")]
    public async Task Key_of_a_kind_that_SslStream_does_not_know()
    {
        await Tool.RunAsync("openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=x", "-keyout", _files.Key, "-out", _files.Certificate);
        AssertFails(_files.Certificate, "use RSA or ECDSA");
    }

    [Fact]
    public void Certificate_of_the_program_without_a_key()
    {
        var certificate = X509CertificateLoader.LoadCertificate(_files.Write().RawData);
        Assert.Throws<ArgumentException>(() => TlsCertificate.From(certificate));
    }

    private LoadedCertificate Load(TlsCertificate? source = null) => CertificateLoader.Load(
        source ?? TlsCertificate.FromFile(_files.Certificate, _files.Key), new HandshakeSettings(new TlsOptions(), NullLogger.Instance));

    private void AssertFails(string file, string reason, TlsCertificate? source = null)
    {
        var exception = Assert.Throws<TlsCertificateException>(() => Load(source));
        Assert.Equal(file, exception.File);
        Assert.StartsWith(file, exception.Message);
        Assert.Contains(reason, exception.Message);
    }
}
