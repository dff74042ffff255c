using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Tests.Hosting;

/// <summary>The server of a host in this process, as Kestrel is one.</summary>
public sealed class HostedServerTests
{
    [Fact]
    public async Task Its_features_are_the_addresses_that_it_listens_on()
    {
        await using var app = Build();
        await app.StartAsync();
        var features = app.Services.GetRequiredService<IServer>().Features;
        Assert.Equal([typeof(IServerAddressesFeature)], features.Select(feature => feature.Key));
        Assert.DoesNotContain(":0", Assert.Single(features.GetRequiredFeature<IServerAddressesFeature>().Addresses));
    }

    [Fact]
    public async Task A_second_start_throws()
    {
        await using var app = Build();
        await app.StartAsync();
        var server = app.Services.GetRequiredService<IServer>();
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAsync(new NoApplication(), default));
    }

    [Fact]
    public async Task A_stop_and_a_dispose_without_a_start_are_nothing()
    {
        await using var app = Build();
        var server = app.Services.GetRequiredService<IServer>();
        await server.StopAsync(default);
        server.Dispose();
        server.Dispose();
        await server.StopAsync(default);
    }

    [Fact]
    public async Task Hosts_of_one_process_start_and_stop_apart()
    {
        await using var first = Build();
        await using var second = Build();
        await first.StartAsync();
        await second.StartAsync();
        await first.StopAsync();
        using var client = new HttpClient();
        Assert.Equal("Hello", await client.GetStringAsync(second.Urls.Single()));
        await using var third = Build();
        await third.StartAsync();
        await second.StopAsync();
        Assert.Equal("Hello", await client.GetStringAsync(third.Urls.Single()));
        Assert.False(third.Lifetime.ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task A_service_that_starts_later_finds_the_server_accepting()
    {
        var builder = Builder();
        builder.Services.AddSingleton<IHostedService, Caller>();
        await using var app = builder.Build();
        app.MapGet("/", () => "Hello");
        await app.StartAsync();
        Assert.Equal("Hello", app.Services.GetServices<IHostedService>().OfType<Caller>().Single().Answer);
    }

    [Fact]
    public async Task An_address_in_use_fails_the_start_and_names_it()
    {
        await using var app = Build();
        await app.StartAsync();
        await using var other = Build(app.Urls.Single());
        var failure = await Assert.ThrowsAsync<IOException>(() => other.StartAsync());
        Assert.Contains(new Uri(app.Urls.Single()).Authority, failure.Message);
    }

    [Fact]
    public async Task A_start_that_is_given_up_leaves_no_listener()
    {
        await using var app = Build();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => app.StartAsync(new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_stop_closes_what_remains_when_its_time_is_over()
    {
        var builder = Builder();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        await using var app = builder.Build();
        var arrived = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        app.MapGet("/", async () =>
        {
            arrived.SetResult();
            await never.Task;
        });
        await app.StartAsync();
        using var client = new HttpClient();
        var request = client.GetAsync(app.Urls.Single());
        await arrived.Task;
        try
        {
            await app.StopAsync(); // by the time the host has, or it would not end
        }
        catch (OperationCanceledException)
        {
            // The host says so where a service has used its time up.
        }
        await Assert.ThrowsAsync<HttpRequestException>(() => request);
        never.SetResult();
    }

    [Fact]
    public async Task Elsewhere_than_on_Linux_Kestrel_serves_and_the_log_says_so_once()
    {
        var builder = WebApplication.CreateBuilder();
        var log = new CollectingLog();
        builder.Logging.ClearProviders().AddProvider(log);
        EndlessWebHostBuilderExtensions.UseEndless(builder.WebHost, configure: null, isLinux: false).UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapGet("/", () => "Hello");
        await app.StartAsync();
        Assert.StartsWith("Microsoft.AspNetCore.Server.Kestrel.", app.Services.GetRequiredService<IServer>().GetType().FullName);
        Assert.Single(log.Lines, line => line.StartsWith("Restarts need Linux: ", StringComparison.Ordinal));
        var lifetime = app.Services.GetRequiredService<IEndlessLifetime>();
        Assert.Equal("restarts need Linux", (await lifetime.RestartAsync()).Reason);
        Assert.Equal(1, lifetime.Generation);
        Assert.True(lifetime.PredecessorGone.IsCompleted);
        using var client = new HttpClient();
        Assert.Equal("Hello", await client.GetStringAsync(app.Urls.Single()));
    }

    private static WebApplication Build(string url = "http://127.0.0.1:0")
    {
        var app = Builder(url).Build();
        app.MapGet("/", () => "Hello");
        return app;
    }

    private static WebApplicationBuilder Builder(string url = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseEndless().UseUrls(url);
        return builder;
    }

    private sealed class NoApplication : IHttpApplication<object>
    {
        public object CreateContext(IFeatureCollection contextFeatures) => new();

        public Task ProcessRequestAsync(object context) => Task.CompletedTask;

        public void DisposeContext(object context, Exception? exception)
        {
        }
    }

    private sealed class Caller(IServer server) : IHostedLifecycleService
    {
        public string? Answer { get; private set; }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StartedAsync(CancellationToken cancellationToken)
        {
            using var client = new HttpClient();
            Answer = await client.GetStringAsync(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single(), cancellationToken);
        }

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
