using System.Net;
using Endless.Http.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Endless.Http.AspNetCore.Tests.Configuration;

/// <summary>Where an application listens: Kestrel's rules.</summary>
public sealed class ServerPlanTests
{
    /// <summary>Kestrel listens on every address for a host that is no address.</summary>
    [Theory]
    [InlineData("http://*:8080", "http :8080")]
    [InlineData("http://+:8080", "http :8080")]
    [InlineData("http://example.com:8080", "http :8080")]
    [InlineData("http://[::]:8080", "http :8080")]
    [InlineData("HTTP://*:8080/", "http :8080")]
    [InlineData("http://*", "http :80")]
    [InlineData("https://*", "https :443")]
    [InlineData("http://0.0.0.0:8080", "http 0.0.0.0:8080")]
    [InlineData("http://127.0.0.1:0", "http 127.0.0.1:0")]
    [InlineData("http://[::1]:8080", "http [::1]:8080")]
    [InlineData("http://unix:/tmp/a.sock", "http unix:/tmp/a.sock")]
    [InlineData("https://unix:/tmp/a.sock", "https unix:/tmp/a.sock")]
    [InlineData("http://systemd:web", "http systemd:web")]
    public void A_url_says_where(string url, string expected)
    {
        using var certificate = TestCertificate.Create();
        using var plan = TestPlan.Of(options => options.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate), url);
        Assert.Equal([expected], plan.Addresses);
    }

    [Theory]
    [InlineData("http://localhost:5005", "http://localhost:5005")]
    [InlineData("http://LOCALHOST:5005", "http://localhost:5005")]
    [InlineData("http://app.localhost:5005", "http://app.localhost:5005")]
    public void Localhost_is_both_loopback_addresses_and_one_url(string url, string told)
    {
        using var plan = TestPlan.OfUrls(url);
        Assert.Contains("http 127.0.0.1:5005", plan.Addresses);
        Assert.Equal(HasIPv6(), plan.Addresses.Contains("http [::1]:5005"));
        Assert.Equal(told, plan.Servers.Single().UrlOf("127.0.0.1:5005"));
        Assert.Equal(told, plan.Servers.Single().UrlOf("[::1]:5005"));
    }

    [Fact]
    public void Nothing_set_is_localhost_5000()
    {
        using var plan = TestPlan.OfUrls();
        Assert.Contains("http 127.0.0.1:5000", plan.Addresses);
        Assert.Equal("http://localhost:5000", plan.Servers.Single().UrlOf("127.0.0.1:5000"));
    }

    [Theory]
    [InlineData("http://*:0", "[::]:41000", "http://[::]:41000")]
    [InlineData("http://127.0.0.1:0", "127.0.0.1:41000", "http://127.0.0.1:41000")]
    [InlineData("https://127.0.0.1:0", "127.0.0.1:41000", "https://127.0.0.1:41000")]
    [InlineData("http://unix:/tmp/a.sock", "unix:/tmp/a.sock", "http://unix:/tmp/a.sock")]
    public void The_application_is_told_where_it_is_bound(string url, string bound, string told)
    {
        using var certificate = TestCertificate.Create();
        using var plan = TestPlan.Of(options => options.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate), url);
        Assert.Equal(told, plan.Servers.Single().UrlOf(bound));
    }

    [Theory]
    [InlineData("localhost:5000", "write \"http://localhost:5000\"")]
    [InlineData("ftp://localhost:5000", "the scheme must be http or https")]
    [InlineData("http://localhost:5000/app", "app.UsePathBase(\"/app\")")]
    [InlineData("http://localhost:0", "write \"http://127.0.0.1:0\"")]
    [InlineData("http://*:70000", "the port must be a number from 0 to 65535")]
    [InlineData("http://*:http", "the port must be a number from 0 to 65535")]
    [InlineData("http://:80", "the host is missing")]
    [InlineData("http://unix:tmp/a.sock", "must begin with a slash")]
    [InlineData("http://pipe:/name", "named pipes are Windows' own")]
    public void A_wrong_url_is_refused_with_what_to_write(string url, string expected)
    {
        var refused = Assert.Throws<FormatException>(() => TestPlan.OfUrls(url));
        Assert.Contains($"\"{url}\"", refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_of_the_same_settings_share_a_server()
    {
        using var certificate = TestCertificate.Create();
        using var plan = TestPlan.Of(options => options.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate),
            "http://127.0.0.1:81", "https://127.0.0.1:444", "http://127.0.0.1:82", "https://127.0.0.1:445");
        Assert.Equal(2, plan.Servers.Count);
        Assert.Equal(["127.0.0.1:81", "127.0.0.1:82"], plan.Servers[0].Server.Addresses);
        Assert.Equal(["127.0.0.1:444", "127.0.0.1:445"], plan.Servers[1].Server.Addresses);
        Assert.All(plan.Servers, planned => Assert.Null(planned.Server.Name)); // by the address alone, whatever comes and goes beside it
    }

    [Fact]
    public void Endpoints_of_the_options_override_urls_with_a_warning()
    {
        using var plan = TestPlan.Of(options => options.Listen(IPAddress.Loopback, 81), "http://127.0.0.1:82");
        Assert.Equal(["http 127.0.0.1:81"], plan.Addresses);
        Assert.Contains("http://127.0.0.1:82", Assert.Single(plan.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Preferred_urls_override_endpoints()
    {
        using var plan = TestPlan.Of(options => options.Listen(IPAddress.Loopback, 81), preferUrls: true, "http://127.0.0.1:82");
        Assert.Equal(["http 127.0.0.1:82"], plan.Addresses);
        Assert.Empty(plan.Log.Warnings);
        Assert.Contains("http://127.0.0.1:82", Assert.Single(plan.Log.Informations), StringComparison.Ordinal);
    }

    [Fact]
    public void Preferred_urls_that_are_not_there_leave_the_endpoints()
    {
        using var plan = TestPlan.Of(options => options.Listen(IPAddress.Loopback, 81), preferUrls: true);
        Assert.Equal(["http 127.0.0.1:81"], plan.Addresses);
    }

    [Fact]
    public void The_options_listen_as_Kestrels()
    {
        using var plan = TestPlan.Of(options =>
        {
            options.ListenAnyIP(81);
            options.Listen(new IPEndPoint(IPAddress.IPv6Loopback, 82));
            options.ListenUnixSocket("/tmp/a.sock");
            options.Listen("http://127.0.0.1:83");
        });
        Assert.Equal(["http :81", "http [::1]:82", "http unix:/tmp/a.sock", "http 127.0.0.1:83"], plan.Addresses);
    }

    [Fact]
    public void What_means_nothing_is_refused_when_it_is_said()
    {
        var options = new EndlessServerOptions();
        Assert.Throws<ArgumentOutOfRangeException>(() => options.ListenLocalhost(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => options.Listen(IPAddress.Loopback, 70_000));
        Assert.Throws<ArgumentException>(() => options.ListenUnixSocket("a.sock"));
        Assert.Throws<FormatException>(() => options.Listen("localhost"));
        Assert.Throws<FormatException>(() => options.Admin = "localhost");
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, true, false)]
    [InlineData(HttpProtocols.Http2, false, true)]
    [InlineData(HttpProtocols.Http1AndHttp2, true, true)]
    [InlineData(HttpProtocols.Http1AndHttp2AndHttp3, true, true)]
    public void Protocols_reach_the_server(HttpProtocols protocols, bool http1, bool http2)
    {
        using var certificate = TestCertificate.Create();
        using var plan = TestPlan.Of(options =>
        {
            options.ConfigureEndpointDefaults(listen => listen.Protocols = protocols);
            options.Listen(IPAddress.Loopback, 81);
            options.Listen(IPAddress.Loopback, 82, listen => listen.UseHttps(certificate));
        });
        Assert.All(plan.Servers, planned => Assert.Equal((http1, http2), (planned.Server.ServesHttp1, planned.Server.UnencryptedHttp2)));
        Assert.Equal(new[] { http2 ? "h2" : "", http1 ? "http/1.1" : "" }.Where(name => name.Length > 0), plan.Servers[1].Server.TlsOptions.ApplicationProtocols);
        Assert.Equal(protocols == HttpProtocols.Http1AndHttp2AndHttp3 ? 2 : 0, plan.Log.Warnings.Count(text => text.Contains("HTTP/3", StringComparison.Ordinal)));
    }

    [Fact]
    public void HTTP3_alone_is_refused()
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => TestPlan.Of(options => options.Listen(IPAddress.Loopback, 81, listen => listen.Protocols = HttpProtocols.Http3)));
        Assert.Contains("Protocols", refused.Message, StringComparison.Ordinal);
    }

    private static bool HasIPv6() => System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(nic => nic.GetIPProperties().UnicastAddresses).Any(unicast => unicast.Address.Equals(IPAddress.IPv6Loopback));
}
