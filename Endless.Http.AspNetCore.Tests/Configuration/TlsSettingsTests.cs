using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Endless.Http.AspNetCore.Configuration;
using Endless.Http.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Endless.Http.AspNetCore.Tests.Configuration;

/// <summary>How TLS is spoken: Kestrel's options and Endless.Http's own.</summary>
public sealed class TlsSettingsTests
{
    [Fact]
    public void Kestrels_options_are_understood()
    {
        using var certificate = TestCertificate.Create();
        using var plan = TestPlan.Of(options => options.ListenAnyIP(1, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.SslProtocols = SslProtocols.Tls13;
            https.HandshakeTimeout = TimeSpan.FromSeconds(3);
            https.ClientCertificateMode = Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode.RequireCertificate;
            https.AllowAnyClientCertificate();
        })));
        var tls = plan.Only.TlsOptions;
        Assert.Equal((SslProtocols.Tls13, TimeSpan.FromSeconds(3), ClientCertificateMode.Required), (tls.Protocols, tls.HandshakeTimeout, tls.ClientCertificates));
        Assert.Same(certificate, tls.Certificate!.Certificate);
        Assert.True(tls.ClientCertificateValidation!(certificate, null, System.Net.Security.SslPolicyErrors.RemoteCertificateChainErrors));
    }

    public static TheoryData<string, Action<HttpsConnectionAdapterOptions>> WithoutEqual => new()
    {
        { "ServerCertificateSelector", https => https.ServerCertificateSelector = (_, _) => null },
        { "OnAuthenticate", https => https.OnAuthenticate = (_, _) => { } },
        { "CheckCertificateRevocation", https => https.CheckCertificateRevocation = true },
        { "DelayCertificate", https => https.ClientCertificateMode = Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode.DelayCertificate },
    };

    [Theory]
    [MemberData(nameof(WithoutEqual), DisableDiscoveryEnumeration = true)]
    public void What_has_no_equal_is_refused_by_name(string name, Action<HttpsConnectionAdapterOptions> configure)
    {
        var refused = Assert.Throws<NotSupportedException>(() => TestPlan.Of(options => options.ListenAnyIP(1, listen => listen.UseHttps(configure))));
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_handshake_has_as_long_as_with_Kestrel()
    {
        using var certificate = TestCertificate.Create();
        using var plan = TestPlan.Of(options => options.ListenAnyIP(1, listen => listen.UseHttps(certificate)));
        Assert.Equal(new HttpsConnectionAdapterOptions().HandshakeTimeout, plan.Only.TlsOptions.HandshakeTimeout);
    }

    [Fact]
    public void Defaults_come_before_what_is_said_of_an_endpoint()
    {
        using var certificate = TestCertificate.Create();
        using var plan = TestPlan.Of(options =>
        {
            options.ConfigureHttpsDefaults(https => (https.ServerCertificate, https.SslProtocols) = (certificate, SslProtocols.Tls12));
            options.ListenAnyIP(1, listen => listen.ConfigureTls(tls => tls.Protocols = SslProtocols.Tls13));
            options.ListenAnyIP(2, listen => listen.UseHttps());
        });
        Assert.Equal([SslProtocols.Tls13, SslProtocols.Tls12], plan.Servers.Select(planned => planned.Server.TlsOptions.Protocols));
        Assert.All(plan.Servers, planned => Assert.Same(certificate, planned.Server.TlsOptions.Certificate!.Certificate));
    }

    [Fact]
    public void A_file_is_found_from_the_content_root()
    {
        using var plan = TestPlan.OfJson("{}", options => options.ListenAnyIP(1, listen => listen.UseHttps("cert.pfx", "secret")), contentRoot: "/srv/app");
        Assert.Equal("/srv/app/cert.pfx", plan.Only.TlsOptions.Certificate!.File);
    }

    [Fact]
    public void A_certificate_that_is_in_no_store_is_named()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => TestPlan.Of(options => options.ListenAnyIP(1, listen => listen.UseHttps(StoreName.My, "nobody.invalid"))));
        Assert.Contains("nobody.invalid", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_the_development_certificates_the_newest_counts()
    {
        var now = DateTime.Now;
        using var other = Make(version: null, now.AddDays(-1), now.AddDays(99));
        using var old = Make(version: 1, now.AddDays(-1), now.AddDays(50));
        using var expired = Make(version: 3, now.AddDays(-9), now.AddDays(-1));
        using var right = Make(version: 2, now.AddDays(-1), now.AddDays(9));
        using var shorter = Make(version: 2, now.AddDays(-1), now.AddDays(5));
        Assert.Same(right, StoredCertificate.FindDevelopment([other, old, expired, shorter, right], now));
        Assert.Null(StoredCertificate.FindDevelopment([other, expired], now));
    }

    private static X509Certificate2 Make(byte? version, DateTime from, DateTime to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        if (version is { } mark) request.CertificateExtensions.Add(new X509Extension(StoredCertificate.DevelopmentExtension, [mark], critical: false));
        return request.CreateSelfSigned(from, to);
    }
}
