using System.Collections.Concurrent;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Handlers.Tests.Cookies;

public sealed class CookieKeysTests : IDisposable
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    private readonly TempDirectory _directory = new();
    private readonly SettableTime _time = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_file_is_made_for_its_owner_alone_and_read_again()
    {
        var path = _directory["keys"];
        var first = CookieKeys.FromFile(path).Newest;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(first.Secret, CookieKeys.FromFile(path).Newest.Secret);
    }

    [Fact]
    public void Instances_that_start_at_once_have_the_same_key()
    {
        var secrets = new ConcurrentBag<string>();
        Parallel.For(0, 8, _ => secrets.Add(Convert.ToHexString(CookieKeys.FromFile(_directory["keys"]).Newest.Secret)));
        Assert.Single(secrets.Distinct());
    }

    [Fact]
    public void A_new_key_makes_and_the_old_one_still_reads()
    {
        var keys = CookieKeys.FromFile(_directory["keys"], Month, _time);
        var old = keys.Newest;
        _time.Now += Month + TimeSpan.FromSeconds(1);
        Assert.NotEqual(old.Id, keys.Newest.Id);
        Assert.Equal(old.Secret, keys.Find(old.Id)!.Secret);
        Assert.Equal(2, File.ReadAllLines(_directory["keys"]).Length);
    }

    [Fact]
    public void A_key_goes_when_nothing_that_it_made_can_be_good()
    {
        var keys = CookieKeys.FromFile(_directory["keys"], Month, _time);
        var old = keys.Newest.Id;
        _time.Now += Month + TimeSpan.FromSeconds(1);
        _ = keys.Newest;
        _time.Now += TimeSpan.FromDays(400);
        _ = keys.Newest;
        Assert.Null(keys.Find(old));
        Assert.Null(CookieKeys.FromFile(_directory["keys"], Month, _time).Find(old));
    }

    [Fact]
    public void An_instance_sees_the_key_that_another_has_made()
    {
        var one = CookieKeys.FromFile(_directory["keys"], Month, _time);
        var other = CookieKeys.FromFile(_directory["keys"], Month, _time);
        _time.Now += Month + TimeSpan.FromSeconds(1);
        var made = one.Newest;
        Assert.Equal(made.Secret, other.Find(made.Id)!.Secret);
        Assert.Equal(made.Secret, other.Newest.Secret);
        Assert.Equal(2, File.ReadAllLines(_directory["keys"]).Length);
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_the_old_key_in_use()
    {
        var path = _directory["keys"];
        var keys = CookieKeys.FromFile(path, Month, _time);
        var old = keys.Newest.Id;
        File.Delete(path);
        Directory.CreateDirectory(path); // root may write any file, but not a directory
        _time.Now += Month + TimeSpan.FromSeconds(1);
        Assert.Equal(old, keys.Newest.Id);
        Assert.Null(keys.Find(12345));
    }

    [Theory]
    [InlineData("garbage\n")]
    [InlineData("1 short\n")]
    [InlineData("x AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n")]
    [InlineData("1893456000 AAAA")] // a write that was cut short
    [InlineData("\n\n\0")]
    public void A_line_that_is_no_key_is_passed_over(string text)
    {
        File.WriteAllText(_directory["keys"], text);
        var made = CookieKeys.FromFile(_directory["keys"]).Newest.Secret;
        Assert.Equal(made, CookieKeys.FromFile(_directory["keys"]).Newest.Secret);
    }

    [Fact]
    public void What_is_no_file_of_keys_is_refused()
    {
        File.WriteAllBytes(_directory["big"], new byte[(1 << 20) + 1]);
        Assert.Throws<IOException>(() => CookieKeys.FromFile(_directory["big"]));
        Assert.ThrowsAny<IOException>(() => CookieKeys.FromFile(_directory["absent/keys"]));
        Assert.Throws<ArgumentException>(() => CookieKeys.FromFile(" "));
        Assert.Throws<ArgumentOutOfRangeException>(() => CookieKeys.FromFile(_directory["keys"], TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Secrets_are_read_in_any_order_and_the_first_makes()
    {
        var (a, b) = (new string('a', 32), new string('b', 40));
        var (before, after) = (CookieKeys.FromSecrets(a), CookieKeys.FromSecrets(b, a));
        Assert.NotEqual(before.Newest.Id, after.Newest.Id);
        Assert.Equal(before.Newest.Secret, after.Find(before.Newest.Id)!.Secret);
        Assert.Equal(after.Newest.Id, CookieKeys.FromSecrets(b).Newest.Id);
    }

    [Fact]
    public void A_secret_that_can_be_guessed_is_refused()
    {
        Assert.Throws<ArgumentException>(() => CookieKeys.FromSecrets());
        Assert.Contains("openssl", Assert.Throws<ArgumentException>(() => CookieKeys.FromSecrets("password")).Message, StringComparison.Ordinal);
    }
}
