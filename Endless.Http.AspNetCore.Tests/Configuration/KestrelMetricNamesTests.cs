using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Endless.Http.AspNetCore.Metrics;
using Endless.Http.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Tests.Configuration;

/// <summary>Connections under the names of Kestrel's instruments, where that is asked for.</summary>
public sealed class KestrelMetricNamesTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Connections_and_handshakes_are_counted_by_Kestrels_names()
    {
        using var figures = new Figures();
        using var certificate = TestCertificate.Create();
        await using var app = await StartAsync(options =>
        {
            options.KestrelMetricNames = true;
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate));
        });
        figures.Port = new Uri(app.Urls.Single()).Port;
        using (var handler = new SocketsHttpHandler())
        {
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
            using var client = new HttpClient(handler);
            await client.GetStringAsync(new Uri(app.Urls.Single()));
            Assert.Equal(1, figures.Sum("kestrel.active_connections"));
            Assert.Equal(0, figures.Sum("kestrel.active_tls_handshakes"));
            Assert.Equal("1.3", figures.Tag("kestrel.tls_handshake.duration", "tls.protocol.version"));
        }
        await figures.UntilAsync(() => figures.Count("kestrel.connection.duration") == 1);
        Assert.Equal(0, figures.Sum("kestrel.active_connections"));
        Assert.Equal("1.1", figures.Tag("kestrel.connection.duration", "network.protocol.version"));
    }

    [Fact]
    public async Task An_upgraded_connection_counts_until_its_end()
    {
        using var figures = new Figures();
        await using var app = await StartAsync(options =>
        {
            options.KestrelMetricNames = true;
            options.Listen(IPAddress.Loopback, 0);
        });
        figures.Port = new Uri(app.Urls.Single()).Port;
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, figures.Port);
            await client.GetStream().WriteAsync("GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"u8.ToArray());
            await figures.UntilAsync(() => figures.Sum("kestrel.upgraded_connections") == 1);
            Assert.Equal(1, figures.Sum("kestrel.active_connections"));
        }
        await figures.UntilAsync(() => figures.Count("kestrel.connection.duration") == 1); // the last of them
        Assert.Equal((0, 0), (figures.Sum("kestrel.active_connections"), figures.Sum("kestrel.upgraded_connections")));
    }

    [Fact]
    public async Task A_connection_beyond_the_limit_is_counted_as_rejected()
    {
        using var figures = new Figures();
        await using var app = await StartAsync(options =>
        {
            options.KestrelMetricNames = true;
            options.Limits.MaxConcurrentConnections = 1;
            options.Listen(IPAddress.Loopback, 0);
        });
        figures.Port = new Uri(app.Urls.Single()).Port;
        using var first = new TcpClient();
        await first.ConnectAsync(IPAddress.Loopback, figures.Port);
        await first.GetStream().WriteAsync("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"u8.ToArray()); // within a request: not closed for another
        Assert.NotEqual(0, await first.GetStream().ReadAsync(new byte[9]));
        using var second = new TcpClient();
        await second.ConnectAsync(IPAddress.Loopback, figures.Port);
        await figures.UntilAsync(() => figures.Sum("kestrel.rejected_connections") == 1);
        Assert.Equal(1, figures.Sum("kestrel.active_connections"));
    }

    [Fact]
    public async Task Nothing_is_counted_twice_where_nobody_asks_for_it()
    {
        using var figures = new Figures();
        await using var app = await StartAsync(options => options.Listen(IPAddress.Loopback, 0));
        figures.Port = new Uri(app.Urls.Single()).Port;
        using var client = new HttpClient();
        await client.GetStringAsync(new Uri(app.Urls.Single()));
        Assert.Equal(0, figures.Count("kestrel.active_connections"));
    }

    private static async Task<WebApplication> StartAsync(Action<EndlessServerOptions> configure)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseEndless(configure);
        var app = builder.Build();
        app.MapGet("/", () => "");
        app.MapPost("/body", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("a");
            await context.Response.Body.FlushAsync();
            await context.Request.Body.CopyToAsync(Stream.Null);
        });
        app.MapGet("/up", async (HttpContext context) =>
        {
            await using var stream = await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
            await stream.CopyToAsync(Stream.Null);
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>Measurements of one server's port: others are measured meanwhile.</summary>
    private sealed class Figures : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<(string Instrument, double Value, Dictionary<string, object?> Tags)> _all = new();
        private readonly SemaphoreSlim _arrived = new(0);

        public Figures()
        {
            _listener.InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == KestrelMeter.Name) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.Start();
        }

        public int Port { get; set; }

        public long Sum(string instrument) => (long)Of(instrument).Sum(m => m.Value);

        public int Count(string instrument) => Of(instrument).Count();

        public object? Tag(string instrument, string name) => Of(instrument).Single().Tags.GetValueOrDefault(name);

        public async Task UntilAsync(Func<bool> condition)
        {
            while (!condition()) Assert.True(await _arrived.WaitAsync(Deadline));
        }

        public void Dispose() => _listener.Dispose();

        private IEnumerable<(string Instrument, double Value, Dictionary<string, object?> Tags)> Of(string instrument) =>
            _all.Where(m => m.Instrument == instrument && m.Tags.GetValueOrDefault("server.port") is int port && port == Port);

        private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var copy = new Dictionary<string, object?>();
            foreach (var (name, tag) in tags) copy[name] = tag;
            _all.Enqueue((instrument.Name, value, copy));
            _arrived.Release();
        }
    }
}
