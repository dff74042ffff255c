using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Endless.Http.Tests.Transport;

namespace Endless.Http.Tests.Tls;

public class ServerNameTests
{
    [Theory]
    [InlineData("a.example", "CN=a.example")]
    [InlineData("A.Example", "CN=a.example")]
    [InlineData("b.example", "CN=b.example")]
    [InlineData("www.b.example", "CN=*.b.example")]
    [InlineData("exact.b.example", "CN=exact.b.example")]
    [InlineData("deep.www.b.example", "CN=default")]
    [InlineData("other", "CN=default")]
    [InlineData("", "CN=default")]
    public async Task Each_name_gets_its_certificate(string name, string subject)
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync, options =>
        {
            options.Certificate = Source("default");
            foreach (var each in (string[])["a.example", "b.example", "*.b.example", "Exact.B.Example"]) options.ServerNames[each] = Source(each.ToLowerInvariant());
        });
        Assert.Equal(subject, await SubjectAsync(server, name));
    }

    [Fact]
    public async Task Without_a_certificate_for_the_rest_an_unknown_name_is_refused()
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync, options =>
        {
            options.Certificate = null;
            options.ServerNames["a.example"] = Source("a.example");
        });
        Assert.Equal("CN=a.example", await SubjectAsync(server, "a.example"));
        await Assert.ThrowsAnyAsync<Exception>(() => SubjectAsync(server, "other"));
        Assert.Contains("no certificate for the name", (await server.Log.WaitForAsync("TLS handshake failed")).Message);
    }

    [Theory]
    [InlineData("other", SslProtocols.Tls12, "unrecognized name")]
    [InlineData("other", SslProtocols.Tls13, "unrecognized name")]
    [InlineData("", SslProtocols.Tls13, "missing extension")]
    public async Task Without_a_certificate_for_the_rest_an_alert_says_why(string name, SslProtocols version, string alert)
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync, options =>
        {
            options.Certificate = null;
            options.ServerNames["a.example"] = Source("a.example");
        });
        var refused = await Assert.ThrowsAsync<AuthenticationException>(() => SubjectAsync(server, name, version));
        Assert.Contains(alert, refused.ToString());
    }

    [Fact]
    public async Task An_international_name_is_given_and_asked_for_in_its_ASCII_form()
    {
        using var server = new TlsFixture(TransportFixture.EchoAsync, options => options.ServerNames["xn--bcher-kva.example"] = Source("books"));
        Assert.Equal("CN=books", await SubjectAsync(server, "xn--bcher-kva.example"));
    }

    [Fact]
    public void A_server_without_any_certificate_does_not_start() =>
        Assert.Contains("no TLS certificate", Assert.Throws<ArgumentException>(() => new TlsFixture(TransportFixture.EchoAsync, options => options.Certificate = null)).Message);

    private static TlsCertificate Source(string name) => TlsCertificate.From(TlsFixture.Authority.Issue(name));

    private static async Task<string> SubjectAsync(TlsFixture server, string name, SslProtocols version = SslProtocols.Tls13)
    {
        await using var client = await server.ConnectTlsAsync(options =>
        {
            options.TargetHost = name;
            options.EnabledSslProtocols = version;
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        });
        return ((X509Certificate2)client.RemoteCertificate!).Subject;
    }
}
