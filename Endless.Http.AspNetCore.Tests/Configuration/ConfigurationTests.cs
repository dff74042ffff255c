using System.Runtime.CompilerServices;
using System.Security.Authentication;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.AspNetCore.Tests.Configuration;

/// <summary>What an appsettings.json says reaches the servers, or is refused or warned of by its key.</summary>
public sealed class ConfigurationTests
{
    [Fact]
    public void An_appsettings_of_Kestrel_works_unchanged()
    {
        using var files = new SelfSignedFiles();
        using var plan = TestPlan.OfJson("""
            {
              "Logging": { "LogLevel": { "Default": "Information" } },
              "AllowedHosts": "*",
              "Kestrel": {
                "Endpoints": {
                  "Grpc": { "Url": "http://localhost:5001", "Protocols": "Http2" },
                  "Http": { "Url": "http://*:5000" },
                  "Https": { "Url": "https://*:5002", "SslProtocols": [ "Tls13" ], "ClientCertificateMode": "AllowCertificate", "Certificate": { "Path": "cert.pem", "KeyPath": "key.pem" } },
                  "HttpsDefault": { "Url": "https://*:5003" }
                },
                "EndpointDefaults": { "Protocols": "Http1" },
                "Certificates": { "Default": { "Path": "cert.pem", "KeyPath": "key.pem" } },
                "Limits": {
                  "MaxRequestBodySize": 10485760, "MaxConcurrentConnections": 100, "MaxRequestHeadersTotalSize": 16384, "MaxRequestHeaderCount": 50, "MaxRequestLineSize": 4096,
                  "KeepAliveTimeout": "00:02:00", "RequestHeadersTimeout": "00:00:15",
                  "MinRequestBodyDataRate": { "BytesPerSecond": 100, "GracePeriod": "00:00:10" }, "MinResponseDataRate": null
                }
              }
            }
            """, contentRoot: files.Directory);
        Assert.Empty(plan.Log.Warnings);
        Assert.Contains("http 127.0.0.1:5001", plan.Addresses);
        Assert.Contains("http :5000", plan.Addresses);
        Assert.Contains("https :5002", plan.Addresses);
        var grpc = plan.Servers.Single(planned => planned.Server.Addresses.Contains("127.0.0.1:5001")).Server;
        Assert.False(grpc.ServesHttp1);
        var https = plan.Servers.Single(planned => planned.Server.Addr == ":5002").Server;
        Assert.Equal(["http/1.1"], https.TlsOptions.ApplicationProtocols);
        Assert.Equal(SslProtocols.Tls13, https.TlsOptions.Protocols);
        Assert.Equal(ClientCertificateMode.Optional, https.TlsOptions.ClientCertificates);
        Assert.Equal(Path.Combine(files.Directory, "cert.pem"), https.TlsOptions.Certificate!.File);
        Assert.Equal(Path.Combine(files.Directory, "key.pem"), plan.Servers.Single(planned => planned.Server.Addr == ":5003").Server.TlsOptions.Certificate!.KeyFile);
        Assert.Equal(10_485_760, plan.Options.Limits.MaxRequestBodySize);
        Assert.Equal((100, 16_384 + 4_096, 50, 4_096), (https.MaxConnections, https.MaxHeaderBytes, https.MaxHeaderCount, https.MaxRequestLineBytes));
        Assert.Equal((TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(15)), (https.IdleTimeout, https.ReadHeaderTimeout));
        Assert.Equal((100, TimeSpan.FromSeconds(10), 0), (https.MinRequestBodyRate, https.MinRequestBodyRateGrace, https.MinResponseRate));
    }

    [Fact]
    public void The_section_Endless_has_everything()
    {
        using var plan = TestPlan.OfJson("""
            {
              "Endless": {
                "Endpoints": { "Web": { "Url": "http://127.0.0.1:81" } },
                "Limits": { "MaxRequestBodySize": null, "MaxRequestHeadersTotalSizePerConnection": 100000 },
                "Restart": { "Probation": "00:00:05", "StartTimeout": "00:01:00", "HammerTime": "00:00:20", "DrainGrace": "00:00:01", "StopDelay": "00:00:03", "HandOver": false, "PidFile": null },
                "Admin": "127.0.0.1:9000", "Scheduling": "Inline", "AddServerHeader": true, "AllowSynchronousIO": true, "KestrelMetricNames": true
              }
            }
            """);
        Assert.Empty(plan.Log.Warnings);
        Assert.Null(plan.Options.Limits.MaxRequestBodySize);
        Assert.True(plan.Options is { AddServerHeader: true, AllowSynchronousIO: true, KestrelMetricNames: true, Restart.PidFile: null });
        var server = plan.Only;
        Assert.Equal(("127.0.0.1:81", "127.0.0.1:9000", SchedulingMode.Inline, false, 100_000), (server.Addr, server.Admin, server.Scheduling, server.HandOverConnections, server.MaxHeaderBytesPerConnection));
        Assert.Equal([5, 60, 20, 1, 3], new[] { server.Probation, server.StartTimeout, server.HammerTime, server.DrainGrace, server.StopDelay }.Select(time => (int)time.TotalSeconds));
    }

    [Fact]
    public void Endless_wins_over_Kestrel_and_the_program_over_both()
    {
        using var plan = TestPlan.OfJson("""
            {
              "Endless": { "Limits": { "MaxRequestHeaderCount": 20, "MaxRequestLineSize": 2000 }, "Endpoints": { "A": { "Url": "http://127.0.0.1:81" } } },
              "Kestrel": { "Limits": { "MaxRequestHeaderCount": 30, "MaxRequestLineSize": 3000, "KeepAliveTimeout": "00:01:00" }, "Endpoints": { "B": { "Url": "http://127.0.0.1:82" } } }
            }
            """, options => options.Limits.MaxRequestLineSize = 1_000);
        Assert.Equal(["http 127.0.0.1:81"], plan.Addresses);
        Assert.Equal((20, 1_000, TimeSpan.FromMinutes(1)), (plan.Only.MaxHeaderCount, plan.Only.MaxRequestLineBytes, plan.Only.IdleTimeout));
        Assert.Empty(plan.Log.Warnings);
        Assert.Contains(plan.Log.Informations, text => text.Contains("Kestrel:Endpoints", StringComparison.Ordinal));
    }

    [Fact]
    public void Endpoints_of_the_configuration_override_the_hosts_urls()
    {
        using var plan = TestPlan.OfJson("""{ "Kestrel": { "Endpoints": { "A": { "Url": "http://127.0.0.1:81" } } } }""", urls: "http://127.0.0.1:82");
        Assert.Equal(["http 127.0.0.1:81"], plan.Addresses);
        Assert.Contains("http://127.0.0.1:82", Assert.Single(plan.Log.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Endless": { "Limits": { "MaxRequestBodySise": 1 } } }""", "Endless:Limits:MaxRequestBodySise", "mistake in its name")]
    [InlineData("""{ "Kestrel": { "Limits": { "MaxResponseBufferSize": 1 } } }""", "Kestrel:Limits:MaxResponseBufferSize", "MaxUnsentBytes")]
    [InlineData("""{ "Kestrel": { "Limits": { "Http2": { "InitialStreamWindowSize": 1 } } } }""", "Kestrel:Limits:Http2:InitialStreamWindowSize", "are fixed")]
    [InlineData("""{ "Kestrel": { "Restart": { "Probation": "00:00:01" } } }""", "Kestrel:Restart:Probation", "move it there")]
    [InlineData("""{ "Kestrel": { "AllowAlternateSchemes": true } }""", "Kestrel:AllowAlternateSchemes", "Remove it")]
    [InlineData("""{ "Endless": { "Endpoints": { "A": { "Url": "http://*:81", "Colour": "red" } } } }""", "Endless:Endpoints:A:Colour", "remove it")]
    [InlineData("""{ "Kestrel": { "Endpoints": { "A": { "Url": "http://*:81", "Sni": { "a.example": { "Protocols": "Http1" } } } } } }""", "Kestrel:Endpoints:A:Sni:a.example:Protocols", "only its Certificate")]
    public void What_is_not_understood_is_named_in_one_warning(string json, string key, string whatToDo)
    {
        var log = new RecordedLog();
        TestPlan.Read(json, log);
        var warning = Assert.Single(log.Warnings);
        Assert.StartsWith(key, warning, StringComparison.Ordinal);
        Assert.Contains(whatToDo, warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Kestrel": { "Limits": { "MaxRequestBodySize": "30 MB" } } }""", "Kestrel:Limits:MaxRequestBodySize", "\"30 MB\"", "a whole number")]
    [InlineData("""{ "Endless": { "Limits": { "MaxRequestBodySize": -1 } } }""", "Endless:Limits:MaxRequestBodySize", "\"-1\"", "null for no limit")]
    [InlineData("""{ "Endless": { "Limits": { "KeepAliveTimeout": "130" } } }""", "Endless:Limits:KeepAliveTimeout", "\"130\"", "00:02:10")]
    [InlineData("""{ "Endless": { "Limits": { "KeepAliveTimeout": null } } }""", "Endless:Limits:KeepAliveTimeout", "null", "00:02:10")]
    [InlineData("""{ "Endless": { "Limits": { "MinResponseDataRate": 240 } } }""", "Endless:Limits:MinResponseDataRate", "\"240\"", "BytesPerSecond")]
    [InlineData("""{ "Endless": { "Limits": { "MinResponseDataRate": { "BytesPerSecond": 0 } } } }""", "Endless:Limits:MinResponseDataRate:BytesPerSecond", "\"0\"", "positive")]
    [InlineData("""{ "Endless": { "Restart": { "HandOver": "maybe" } } }""", "Endless:Restart:HandOver", "\"maybe\"", "true or false")]
    [InlineData("""{ "Endless": { "Restart": { "Probation": "-00:00:01" } } }""", "Endless:Restart:Probation", "\"-00:00:01\"", "from zero to 49 days")]
    [InlineData("""{ "Endless": { "Scheduling": "1" } }""", "Endless:Scheduling", "\"1\"", "Inline")]
    [InlineData("""{ "Endless": { "Admin": "nowhere" } }""", "Endless:Admin", "\"nowhere\"", "port")]
    [InlineData("""{ "Kestrel": { "EndpointDefaults": { "Protocols": "Http4" } } }""", "Kestrel:EndpointDefaults:Protocols", "\"Http4\"", "Http1AndHttp2")]
    [InlineData("""{ "Kestrel": { "EndpointDefaults": { "Protocols": "Http3" } } }""", "Kestrel:EndpointDefaults:Protocols", "\"Http3\"", "Http1AndHttp2")]
    [InlineData("""{ "Kestrel": { "Endpoints": { "A": { "Url": "localhost" } } } }""", "Kestrel:Endpoints:A:Url", "\"localhost\"", "http://localhost")]
    [InlineData("""{ "Kestrel": { "Endpoints": { "A": { "Protocols": "Http1" } } } }""", "Kestrel:Endpoints:A", "no Url", "Kestrel:Endpoints:A:Url")]
    [InlineData("""{ "Kestrel": { "Endpoints": { "A": { "Url": "http://*:1", "Certificate": { "Path": "a.pem" } } } } }""", "Kestrel:Endpoints:A:Url", "\"http://*:1\"", "write https")]
    [InlineData("""{ "Kestrel": { "Endpoints": { "A": { "Url": "https://*:1", "SslProtocols": [ "Tls11" ] } } } }""", "Kestrel:Endpoints:A:SslProtocols:0", "\"Tls11\"", "Tls12 or Tls13")]
    [InlineData("""{ "Kestrel": { "Endpoints": { "A": { "Url": "https://*:1", "ClientCertificateMode": "DelayCertificate" } } } }""", "ClientCertificateMode", "\"DelayCertificate\"", "AllowCertificate")]
    [InlineData("""{ "Kestrel": { "Certificates": { "Default": { "Password": "x" } } } }""", "Kestrel:Certificates:Default", "no Path", "file")]
    public void A_value_that_cannot_be_used_fails_with_its_key(string json, string key, string value, string expected)
    {
        var refused = Assert.Throws<InvalidOperationException>(() => TestPlan.Read(json));
        Assert.Contains(key, refused.Message, StringComparison.Ordinal);
        Assert.Contains(value, refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_documents_appsettings_are_understood_whole()
    {
        var blocks = Directory.GetFiles(Path.GetFullPath("../../docs", ThisDirectory()), "aspnetcore*.md")
            .SelectMany(page => File.ReadAllText(page).Split("```json\n").Skip(1)).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)]).Where(json => json.Contains("\"Endless\"", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(blocks);
        foreach (var json in blocks)
        {
            var log = new RecordedLog();
            TestPlan.Read(json, log);
            Assert.Empty(log.Warnings);
        }
    }

    [Fact]
    public void Certificates_go_by_host_name()
    {
        using var files = new SelfSignedFiles();
        using var plan = TestPlan.OfJson("""
            { "Kestrel": { "Endpoints": { "A": { "Url": "https://*:1", "Sni": {
              "a.example": { "Certificate": { "Path": "cert.pem", "KeyPath": "key.pem" } },
              "*.b.example": { "Certificate": { "Path": "cert.pem", "KeyPath": "key.pem" } },
              "*": { "Certificate": { "Path": "cert.pem", "KeyPath": "key.pem" } } } } } } }
            """, contentRoot: files.Directory);
        Assert.Equal(["*.b.example", "a.example"], plan.Only.TlsOptions.ServerNames.Keys.Order(StringComparer.Ordinal));
        Assert.NotNull(plan.Only.TlsOptions.Certificate);
    }

    [Fact]
    public void What_the_program_says_of_TLS_comes_after_the_configuration()
    {
        using var certificate = TestCertificate.Create();
        using var plan = TestPlan.OfJson("""{ "Kestrel": { "EndpointDefaults": { "SslProtocols": [ "Tls12" ], "ClientCertificateMode": "RequireCertificate" } } }""",
            options => options.Listen("https://*:1", listen => listen.UseHttps(certificate, https => https.SslProtocols = SslProtocols.Tls13)));
        Assert.Equal((SslProtocols.Tls13, ClientCertificateMode.Required), (plan.Only.TlsOptions.Protocols, plan.Only.TlsOptions.ClientCertificates));
    }

    private static string ThisDirectory([CallerFilePath] string file = "") => Path.GetDirectoryName(file)! + "/";
}
