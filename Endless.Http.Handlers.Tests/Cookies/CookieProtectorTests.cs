using System.Buffers.Text;
using System.Text;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Cookies;

public sealed class CookieProtectorTests
{
    private static readonly string Secret = new('s', 32);

    private readonly SettableTime _time = new();
    private readonly CookieProtector _protector;

    public CookieProtectorTests() => _protector = new CookieProtector(CookieKeys.FromSecrets(Secret), _time);

    [Theory]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("čšž; \r\n\0")]
    public void What_is_encrypted_comes_back_and_cannot_be_read(string value)
    {
        var cookie = _protector.Encrypt(new ResponseCookie("user", value));
        Assert.Equal(value, _protector.Decrypt(With(cookie), "user"));
        if (value.Length > 0) Assert.DoesNotContain(value, Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cookie.Value)), StringComparison.Ordinal);
        Assert.NotEqual(cookie, _protector.Encrypt(new ResponseCookie("user", value)));
    }

    [Fact]
    public void What_is_signed_can_be_read_and_comes_back()
    {
        var cookie = _protector.Sign(new ResponseCookie("user", "ada.lovelace"));
        Assert.StartsWith("ada.lovelace.", cookie.Value, StringComparison.Ordinal);
        Assert.Equal("ada.lovelace", _protector.Verify(With(cookie), "user"));
    }

    [Fact]
    public void Any_other_bit_is_a_forgery()
    {
        var encrypted = _protector.Encrypt(new ResponseCookie("user", "ada"));
        var bytes = Base64Url.DecodeFromChars(encrypted.Value);
        for (var i = 0; i < bytes.Length * 8; i++)
        {
            bytes[i / 8] ^= (byte)(1 << (i % 8));
            Assert.Null(_protector.Decrypt(With(encrypted with { Value = Base64Url.EncodeToString(bytes) }), "user"));
            bytes[i / 8] ^= (byte)(1 << (i % 8));
        }
        var signed = _protector.Sign(new ResponseCookie("user", "ada"));
        var code = Base64Url.DecodeFromChars(signed.Value.AsSpan(4));
        for (var i = 0; i < code.Length * 8; i++)
        {
            code[i / 8] ^= (byte)(1 << (i % 8));
            Assert.Null(_protector.Verify(With(signed with { Value = "ada." + Base64Url.EncodeToString(code) }), "user"));
            code[i / 8] ^= (byte)(1 << (i % 8));
        }
        Assert.Null(_protector.Verify(With(signed with { Value = "eve" + signed.Value[3..] }), "user"));
    }

    [Fact]
    public void One_cookies_value_is_not_anothers()
    {
        Assert.Null(_protector.Decrypt(With(_protector.Encrypt(new ResponseCookie("theme", "admin")) with { Name = "role" }), "role"));
        Assert.Null(_protector.Verify(With(_protector.Sign(new ResponseCookie("theme", "admin")) with { Name = "role" }), "role"));
        // Name and value are not one text: "a" with "b=c" is not "a=b" with "c".
        Assert.Null(_protector.Verify(With(_protector.Sign(new ResponseCookie("ab", "c")) with { Name = "a" }), "a"));
    }

    [Fact]
    public void A_signature_is_no_encryption_and_the_other_way_round()
    {
        Assert.Null(_protector.Decrypt(With(_protector.Sign(new ResponseCookie("a", "b"))), "a"));
        Assert.Null(_protector.Verify(With(_protector.Encrypt(new ResponseCookie("a", "b"))), "a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.b")]
    [InlineData("AQ")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("=====")]
    [InlineData("x.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("x.%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%")]
    public void Garbage_is_none(string value)
    {
        Assert.Null(_protector.Decrypt(With(new ResponseCookie("a", value)), "a"));
        Assert.Null(_protector.Verify(With(new ResponseCookie("a", value)), "a"));
        Assert.False(_protector.TryDecrypt("a", new string('A', 1 << 20), out _));
    }

    [Fact]
    public void The_server_itself_counts_its_age()
    {
        var week = new ResponseCookie("a", "b") { MaxAge = TimeSpan.FromDays(7) };
        var until = new ResponseCookie("a", "b") { Expires = _time.GetUtcNow().AddDays(7) };
        var cookies = new[] { _protector.Encrypt(week), _protector.Encrypt(until) };
        var signed = _protector.Sign(week);
        _time.Now += TimeSpan.FromDays(7) - TimeSpan.FromSeconds(2);
        Assert.All(cookies, cookie => Assert.Equal("b", _protector.Decrypt(With(cookie), "a")));
        Assert.Equal("b", _protector.Verify(With(signed), "a"));
        _time.Now += TimeSpan.FromSeconds(2);
        Assert.All(cookies, cookie => Assert.Null(_protector.Decrypt(With(cookie), "a")));
        Assert.Null(_protector.Verify(With(signed), "a"));
    }

    [Fact]
    public void One_that_ends_with_the_browser_is_good_for_two_weeks()
    {
        var cookie = _protector.Encrypt(new ResponseCookie("a", "b"));
        _time.Now += TimeSpan.FromDays(13);
        Assert.NotNull(_protector.Decrypt(With(cookie), "a"));
        _time.Now += TimeSpan.FromDays(1);
        Assert.Null(_protector.Decrypt(With(cookie), "a"));
    }

    [Fact]
    public void One_that_has_ended_already_is_refused()
    {
        Assert.Throws<ArgumentException>(() => _protector.Encrypt(new ResponseCookie("a", "b") { MaxAge = TimeSpan.Zero }));
        Assert.Throws<ArgumentException>(() => _protector.Sign(new ResponseCookie("a", "b") { Expires = DateTimeOffset.UnixEpoch }));
        Assert.Throws<ArgumentOutOfRangeException>(() => _protector.Encrypt("a", "b"u8, TimeSpan.Zero));
    }

    [Fact]
    public void Bytes_are_encrypted_for_one_purpose()
    {
        var text = _protector.Encrypt("reset-password", [0, 1, 2, 255], TimeSpan.FromHours(1));
        Assert.True(_protector.TryDecrypt("reset-password", text, out var data));
        Assert.Equal([0, 1, 2, 255], data);
        Assert.False(_protector.TryDecrypt("confirm-mail", text, out _));
        Assert.Throws<ArgumentException>(() => _protector.Encrypt("a", new byte[65 * 1024], TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Other_keys_read_none_of_it()
    {
        var cookie = _protector.Encrypt(new ResponseCookie("a", "b"));
        Assert.Null(new CookieProtector(CookieKeys.FromSecrets(new string('t', 32))).Decrypt(With(cookie), "a"));
        Assert.Equal("b", new CookieProtector(CookieKeys.FromSecrets(new string('t', 32), Secret), _time).Decrypt(With(cookie), "a"));
    }

    [Fact]
    public void The_shared_keys_are_one_set()
    {
        var cookie = new CookieProtector().Encrypt(new ResponseCookie("a", "b"));
        Assert.Equal("b", new CookieProtector().Decrypt(With(cookie), "a"));
    }

    private static Request With(ResponseCookie cookie) => new RequestBuilder("GET", "/").Header("Cookie", $"{cookie.Name}={cookie.Value}").Build();
}
