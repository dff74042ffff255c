using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Endless.Http.Tests.Diagnostics;
using Endless.Http.Tls;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Tls;

public sealed class CertificateRenewalTests : IDisposable
{
    private readonly CertificateFiles _files = new();
    private readonly LogRecorder _log = new();
    private readonly SetTime _time = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Unchanged_files_are_left_alone()
    {
        var old = _files.Write();
        var store = Store();
        Assert.True(store.Renew(force: false));
        AssertInUse(old, store);
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public void Files_written_over()
    {
        _files.Write();
        var store = Store();
        var renewed = new List<TlsCertificateInfo>();
        store.Renewed = renewed.Add;
        var certificate = _files.Write();
        Assert.True(store.Renew(force: false));
        AssertInUse(certificate, store);
        Assert.Equal(Fingerprint(certificate), Assert.Single(renewed).Fingerprint);
        Assert.StartsWith("TLS certificate reloaded", Assert.Single(_log.Entries).Message);
    }

    [Fact]
    public void Files_put_in_place_by_a_rename()
    {
        _files.Write();
        var store = Store();
        var certificate = _files.Rename();
        store.Renew(force: false);
        AssertInUse(certificate, store);
    }

    [Fact]
    public void A_directory_of_links_swapped_as_Kubernetes_does()
    {
        AssertInUse(_files.Swap("1"), Store());
        var store = Store();
        for (var version = 2; version < 5; version++)
        {
            var certificate = _files.Swap($"{version}");
            store.Renew(force: false);
            AssertInUse(certificate, store);
        }
    }

    [Fact]
    public void A_certificate_that_comes_before_its_key_waits_for_it()
    {
        var old = _files.Write();
        var store = Store();
        var certificate = TlsFixture.Authority.Issue("localhost");
        var (pem, key) = TestAuthority.Pem(certificate);

        File.WriteAllText(_files.Certificate, pem);
        Assert.True(store.Renew(force: false));     // may be on its way: nothing is said yet
        AssertInUse(old, store);
        Assert.Empty(_log.Entries);

        File.WriteAllText(_files.Key, key);
        Assert.True(store.Renew(force: false));
        AssertInUse(certificate, store);
    }

    [Fact]
    public void Half_written_files_are_waited_for()
    {
        var old = _files.Write();
        var store = Store();
        var certificate = TlsFixture.Authority.Issue("localhost");
        var (pem, key) = TestAuthority.Pem(certificate);
        File.WriteAllText(_files.Key, key);
        for (var length = 0; length < pem.Length; length += 50)
        {
            File.WriteAllText(_files.Certificate, pem[..length]);
            store.Renew(force: false);
            AssertInUse(old, store);
        }
        Assert.Empty(_log.Entries);
        File.WriteAllText(_files.Certificate, pem);
        store.Renew(force: false);
        AssertInUse(certificate, store);
    }

    [Theory]
    [InlineData("missing", "does not exist")]
    [InlineData("other key", "does not match")]
    [InlineData("expired", "has expired")]
    [InlineData("garbage", "holds no certificate")]
    [InlineData("unknown curve", "holds a private key that cannot be decoded")]
    public void What_cannot_be_used_is_said_once_and_the_old_one_stays(string what, string reason)
    {
        var old = _files.Write();
        var store = Store();
        switch (what)
        {
            case "missing": File.Delete(_files.Key); break;
            case "other key":
                var pem = File.ReadAllText(_files.Certificate);
                _files.Write();
                File.WriteAllText(_files.Certificate, pem);
                break;
            case "expired": _files.Write(notAfter: _time.Now.AddMinutes(-1)); break;
            case "garbage": File.WriteAllText(_files.Certificate, "garbage"); break;
            case "unknown curve": _files.PutKeyOnUnknownCurve(); break;
        }
        for (var i = 0; i < 5; i++) Assert.Equal(i != 1, store.Renew(force: false));
        var (level, message, _) = Assert.Single(_log.Entries);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains("the old one stays", message);
        Assert.Contains(reason, message);
        AssertInUse(old, store);

        var certificate = _files.Write();
        Assert.True(store.Renew(force: false));
        AssertInUse(certificate, store);
    }

    [Fact]
    public void By_hand_it_is_said_at_once()
    {
        _files.Write();
        var store = Store();
        Assert.True(store.Renew(force: true));
        File.Delete(_files.Key);
        Assert.False(store.Renew(force: true));
        Assert.Contains(_log.Entries, entry => entry.Level == LogLevel.Warning);
    }

    [Fact]
    public void A_callback_that_throws_does_no_harm()
    {
        _files.Write();
        var store = Store();
        store.Renewed = _ => throw new FormatException();
        var certificate = _files.Write();
        Assert.True(store.Renew(force: false));
        AssertInUse(certificate, store);
        Assert.Contains(_log.Entries, entry => entry is (LogLevel.Error, _, FormatException));
    }

    [Fact]
    public void Expiry_is_warned_of_at_30_7_and_1_days_once_each()
    {
        var certificate = _files.Write(notAfter: _time.Now.AddDays(100));
        var store = Store();
        var warnings = new List<string>();
        for (var days = 0; days < 105; days++)
        {
            store.Renew(force: false);
            store.Renew(force: false);
            foreach (var entry in _log.Entries.Skip(warnings.Count)) warnings.Add($"{days} {entry.Level}: {entry.Message}");
            _time.Now += TimeSpan.FromDays(1);
        }
        Assert.Collection(warnings,
            warning => Assert.StartsWith("70 Warning: TLS certificate expires within 30 days: ", warning),
            warning => Assert.StartsWith("93 Warning: TLS certificate expires within 7 days: ", warning),
            warning => Assert.StartsWith("99 Warning: TLS certificate expires within 1 days: ", warning),
            warning => Assert.StartsWith("100 Error: TLS certificate has expired: ", warning));
    }

    [Fact]
    public void One_that_has_expired_starts_with_an_error_in_the_log()
    {
        var expired = _files.Write(notAfter: _time.Now.AddDays(-3));
        var store = Store();
        AssertInUse(expired, store);
        Assert.Equal(LogLevel.Error, Assert.Single(_log.Entries).Level);

        // No better, but what was asked for: there is no good one that it would take the place of.
        var another = _files.Write(notAfter: _time.Now.AddDays(-2));
        Assert.True(store.Renew(force: false));
        AssertInUse(another, store);
    }

    [Fact]
    public void One_that_is_not_valid_yet_starts_with_a_warning_once()
    {
        AssertInUse(_files.Write(NotYetValid()), Store());
        var (level, message, _) = Assert.Single(_log.Entries);
        Assert.Equal(LogLevel.Warning, level);
        Assert.StartsWith("TLS certificate is not valid yet: ", message);
    }

    [Fact]
    public void One_that_is_not_valid_yet_takes_over_when_it_is()
    {
        var old = _files.Write();
        var store = Store();
        var early = _files.Write(NotYetValid());
        for (var i = 0; i < 3; i++) store.Renew(force: false);
        AssertInUse(old, store);
        Assert.Contains("is not valid yet: it will be in use from ", Assert.Single(_log.Entries).Message);

        _time.Now += TimeSpan.FromDays(1) + TimeSpan.FromMinutes(1);
        store.Renew(force: false);
        AssertInUse(early, store);
    }

    [Fact]
    public void One_that_no_client_could_use_leaves_the_old_one_in_place()
    {
        var old = _files.Write();
        var store = Store();
        _files.Write(TlsFixture.Authority.Issue("localhost", RSA.Create(1024)));
        for (var i = 0; i < 3; i++) store.Renew(force: false);
        AssertInUse(old, store);
        var message = Assert.Single(_log.Entries).Message;
        Assert.Contains("the old one stays", message);
        Assert.Contains("make one of 2048 bits or more", message);
    }

    [Fact]
    public void Expiry_is_warned_of_at_the_start()
    {
        _files.Write(notAfter: _time.Now.AddDays(3));
        Store();
        Assert.Contains("within 7 days", Assert.Single(_log.Entries).Message);
    }

    private X509Certificate2 NotYetValid() =>
        TlsFixture.Authority.Issue("localhost", ECDsa.Create(ECCurve.NamedCurves.nistP256), notBefore: _time.Now.AddDays(1));

    private CertificateStore Store()
    {
        var options = new TlsOptions();
        return new CertificateStore(options, TlsCertificate.FromFile(_files.Certificate, _files.Key), new HandshakeSettings(options, _log), _log, _time);
    }

    private static void AssertInUse(X509Certificate2 certificate, CertificateStore store) =>
        Assert.Equal(Fingerprint(certificate), store.Find("")!.Info.Fingerprint);

    private static string Fingerprint(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);

    private sealed class SetTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
