using Endless.Http.Tests.Diagnostics;
using Endless.Http.Tls;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Tls;

public sealed class KeyFileTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly CertificateFiles _files = new();
    private readonly LogRecorder _log = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(Owner | UnixFileMode.OtherRead, "604")]
    [InlineData(Owner | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite, "666")]
    [InlineData(Owner | UnixFileMode.OtherWrite, "602")]
    public void One_that_everybody_may_read_or_write_is_warned_of(UnixFileMode mode, string digits)
    {
        _files.Write();
        File.SetUnixFileMode(_files.Key, mode);
        Store();
        AssertWarned(digits);
    }

    [Theory]
    [InlineData(Owner)]
    [InlineData(Owner | UnixFileMode.GroupRead)]
    public void One_for_its_owner_or_a_group_is_not(UnixFileMode mode)
    {
        _files.Write();
        File.SetUnixFileMode(_files.Key, mode);
        Store();
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public void It_is_the_file_that_a_link_leads_to_that_counts()
    {
        _files.Write();
        File.Move(_files.Key, _files["real.pem"]);
        File.CreateSymbolicLink(_files.Key, _files["real.pem"]);
        Store();
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public void A_renewal_is_warned_of_and_a_look_at_unchanged_files_is_not()
    {
        _files.Write();
        var store = Store();
        _files.Write();
        File.SetUnixFileMode(_files.Key, Owner | UnixFileMode.OtherRead);
        for (var i = 0; i < 3; i++) store.Renew(force: false);
        Assert.Single(_log.Entries, entry => entry.Level == LogLevel.Warning);
    }

    [Fact]
    public void One_file_for_both_is_a_key_file_too()
    {
        _files.Write();
        File.WriteAllText(_files["site.pem"], File.ReadAllText(_files.Certificate) + File.ReadAllText(_files.Key));
        File.SetUnixFileMode(_files["site.pem"], Owner | UnixFileMode.OtherRead);
        Store(TlsCertificate.FromFile(_files["site.pem"]));
        Assert.Contains(_files["site.pem"], Assert.Single(_log.Entries).Message);
    }

    private void AssertWarned(string digits)
    {
        var (level, message, _) = Assert.Single(_log.Entries);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Equal($"Everybody on this machine may read or write the TLS private key in {_files.Key} (mode {digits}): take that away with chmod o-rw.", message);
    }

    private CertificateStore Store(TlsCertificate? source = null)
    {
        var options = new TlsOptions();
        return new CertificateStore(options, source ?? TlsCertificate.FromFile(_files.Certificate, _files.Key), new HandshakeSettings(options, _log), _log, TimeProvider.System);
    }
}
