using System.Net;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Testing;
using Endless.Http.Tests.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Tests.Configuration;

/// <summary>Endpoints that are really served, in the ways that options, configuration and the host's urls ask for them.</summary>
public sealed class ServedEndpointsTests
{
    private const string Hello = "Hello Zero-Downtime!";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Urls_of_the_host_are_served_and_told_with_their_port()
    {
        await using var app = await StartAsync(builder => builder.WebHost.UseUrls("http://127.0.0.1:0"));
        var url = new Uri(Assert.Single(app.Urls));
        Assert.Equal(("http", "127.0.0.1"), (url.Scheme, url.Host));
        Assert.NotEqual(0, url.Port);
        Assert.Equal(Hello, await GetAsync(url));
    }

    [Fact]
    public async Task HTTP_PORTS_listen_on_every_address()
    {
        var port = FreePort();
        await using var app = await StartAsync(builder => builder.WebHost.UseSetting("http_ports", $"{port}"));
        Assert.EndsWith($":{port}", Assert.Single(app.Urls), StringComparison.Ordinal);
        Assert.Equal(Hello, await GetAsync(new Uri($"http://127.0.0.1:{port}")));
    }

    [Fact]
    public async Task HTTPS_PORTS_take_the_default_certificate()
    {
        using var files = new SelfSignedFiles();
        var port = FreePort();
        await using var app = await StartAsync(builder =>
        {
            builder.WebHost.UseSetting("https_ports", $"{port}");
            builder.Configuration.AddInMemoryCollection(DefaultCertificate(files));
        });
        Assert.StartsWith("https://", Assert.Single(app.Urls), StringComparison.Ordinal);
        Assert.Equal(Hello, await GetAsync(new Uri($"https://127.0.0.1:{port}")));
    }

    [Fact]
    public async Task Localhost_is_told_once_and_served()
    {
        var port = FreePort();
        await using var app = await StartAsync(builder => builder.WebHost.UseUrls($"http://localhost:{port}"));
        Assert.Equal([$"http://localhost:{port}"], app.Urls);
        Assert.Equal(Hello, await GetAsync(new Uri($"http://127.0.0.1:{port}")));
    }

    [Fact]
    public async Task Https_is_served_beside_http_and_told_as_https()
    {
        using var certificate = TestCertificate.Create();
        await using var app = await StartAsync(static _ => { }, options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate));
        });
        Assert.Equal(["http", "https"], app.Urls.Select(url => new Uri(url).Scheme).Order(StringComparer.Ordinal));
        foreach (var url in app.Urls) Assert.Equal(Hello, await GetAsync(new Uri(url)));
    }

    [Fact]
    public async Task A_UNIX_socket_is_served()
    {
        using var directory = new TempDirectory();
        await using var app = await StartAsync(builder => builder.WebHost.UseUrls($"http://unix:{directory["a.sock"]}"));
        Assert.Equal([$"http://unix:{directory["a.sock"]}"], app.Urls);
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(directory["a.sock"]), token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        Assert.Equal(Hello, await client.GetStringAsync(new Uri("http://localhost/")));
    }

    [Fact]
    public async Task An_appsettings_of_Kestrels_template_is_served()
    {
        using var files = new SelfSignedFiles();
        await using var app = await StartAsync(builder => builder.Configuration.AddInMemoryCollection(
        [
            .. DefaultCertificate(files),
            new("Kestrel:Endpoints:Http:Url", "http://127.0.0.1:0"),
            new("Kestrel:Endpoints:Https:Url", "https://127.0.0.1:0"),
            new("Kestrel:EndpointDefaults:Protocols", "Http2"),
        ]));
        Assert.Equal(2, app.Urls.Count);
        foreach (var url in app.Urls) Assert.Equal(Hello, await GetAsync(new Uri(url), HttpVersion.Version20));
    }

    [Fact]
    public async Task A_value_that_cannot_be_read_fails_the_start()
    {
        var failed = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(builder =>
            builder.Configuration.AddInMemoryCollection([new("Endless:Limits:KeepAliveTimeout", "soon")])));
        Assert.Contains("Endless:Limits:KeepAliveTimeout", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_looked_at_for_each_request_reaches_the_application()
    {
        await using var app = await StartAsync(builder => builder.WebHost.UseUrls("http://127.0.0.1:0"), options =>
        {
            options.AddServerHeader = true;
            options.AllowSynchronousIO = true;
            options.Limits.MaxRequestBodySize = 3;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = new MinDataRate(7, TimeSpan.FromSeconds(7));
        });
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(app.Urls.Single() + "/options"));
        Assert.Equal("3 True  7", await answer.Content.ReadAsStringAsync());
        Assert.Equal("Endless.Http", answer.Headers.Server.ToString());
    }

    [Fact]
    public async Task What_ConfigureKestrel_limits_stays_limited()
    {
        await using var app = await StartAsync(builder => builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 5));
        using var client = new HttpClient();
        Assert.StartsWith("5 False", await client.GetStringAsync(new Uri(app.Urls.Single() + "/options")), StringComparison.Ordinal);
    }

    /// <summary>Kestrel speaks HTTP/1.1 alone in the clear, unless it is told to speak HTTP/2 alone.</summary>
    [Theory]
    [InlineData(HttpProtocols.Http1, true, false)]
    [InlineData(HttpProtocols.Http2, false, true)]
    [InlineData(HttpProtocols.Http1AndHttp2, true, true)]
    public async Task In_the_clear_the_protocols_that_were_asked_for_are_spoken(HttpProtocols protocols, bool http1, bool http2)
    {
        await using var app = await StartAsync(static _ => { }, options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        await ExpectAsync(new Uri(app.Urls.Single()), http1, http2);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, true, false)]
    [InlineData(HttpProtocols.Http2, false, true)]
    [InlineData(HttpProtocols.Http1AndHttp2, true, true)]
    public async Task With_TLS_the_protocols_that_were_asked_for_are_spoken(HttpProtocols protocols, bool http1, bool http2)
    {
        using var certificate = TestCertificate.Create();
        await using var app = await StartAsync(static _ => { }, options => options.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            listen.UseHttps(certificate);
        }));
        await ExpectAsync(new Uri(app.Urls.Single()), http1, http2);
    }

    [Fact]
    public async Task A_request_of_HTTP1_to_HTTP2_alone_is_told_so()
    {
        await using var app = await StartAsync(static _ => { }, options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(app.Urls.Single()).Port);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        using var answer = new MemoryStream();
        await client.GetStream().CopyToAsync(answer).WaitAsync(Deadline);
        var text = Encoding.Latin1.GetString(answer.ToArray());
        Assert.StartsWith("HTTP/1.1 400 ", text, StringComparison.Ordinal);
        Assert.EndsWith("this address speaks HTTP/2 only\n", text, StringComparison.Ordinal);
    }

    private static async Task ExpectAsync(Uri url, bool http1, bool http2)
    {
        foreach (var (version, expected) in new[] { (HttpVersion.Version11, http1), (HttpVersion.Version20, http2) })
        {
            if (expected) Assert.Equal(Hello, await GetAsync(url, version));
            else await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(url, version));
        }
    }

    private static KeyValuePair<string, string?>[] DefaultCertificate(SelfSignedFiles files) =>
        [new("Kestrel:Certificates:Default:Path", files.Names[0]), new("Kestrel:Certificates:Default:KeyPath", files.Names[1])];

    private static async Task<WebApplication> StartAsync(Action<WebApplicationBuilder> prepare, Action<EndlessServerOptions>? configure = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        prepare(builder);
        builder.WebHost.UseEndless(configure);
        var app = builder.Build();
        app.MapGet("/", () => Hello);
        app.MapGet("/options", (HttpContext context) => string.Join(' ',
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize,
            context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO,
            context.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate?.BytesPerSecond,
            context.Features.GetRequiredFeature<IHttpMinResponseDataRateFeature>().MinDataRate?.BytesPerSecond));
        await app.StartAsync();
        return app;
    }

    private static async Task<string> GetAsync(Uri url, Version? version = null)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        using var client = new HttpClient(handler) { Timeout = Deadline, DefaultRequestVersion = version ?? HttpVersion.Version11, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        return await client.GetStringAsync(url);
    }

    /// <summary>One that was free a moment ago, where the system cannot be asked to choose.</summary>
    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
