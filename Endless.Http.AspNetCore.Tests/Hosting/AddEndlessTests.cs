using Endless.Http.Load;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Tests.Hosting;

/// <summary>Handlers of Endless.Http as a service of the generic host, in this process.</summary>
public sealed class AddEndlessTests
{
    private string? _address;

    private HttpClient Client => new() { BaseAddress = new Uri($"http://{_address}") };

    private HostApplicationBuilder Builder(out CollectingLog log)
    {
        var builder = Host.CreateApplicationBuilder();
        log = new CollectingLog();
        builder.Logging.ClearProviders().AddProvider(log);
        return builder;
    }

    private void Note(EndlessServer server) => server.BeforeBegin = address => _address = address;

    [Fact]
    public async Task A_scope_lives_as_long_as_its_request()
    {
        var builder = Builder(out _);
        builder.Services.AddScoped<Visit>();
        var visits = new List<Visit>();
        builder.Services.AddEndless("127.0.0.1:0", (w, r) =>
        {
            var visit = r.GetRequestServices().GetRequiredService<Visit>();
            Assert.Same(visit, r.GetRequestServices().GetRequiredService<Visit>());
            visits.Add(visit);
            w.Write(visit.Disposed.IsCompleted ? "too late" : "in time");
        }, Note);
        using var host = builder.Build();
        await host.StartAsync();
        using var client = Client;
        Assert.Equal("in time", await client.GetStringAsync("/"));
        Assert.Equal("in time", await client.GetStringAsync("/"));
        Assert.NotSame(visits[0], visits[1]);
        await Task.WhenAll(visits.Select(visit => visit.Disposed)).WaitAsync(Deadline.Default);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_handler_is_made_of_services_and_the_server_logs_to_the_host()
    {
        var builder = Builder(out var log);
        builder.Services.AddSingleton(new Greeting("Hello"));
        builder.Services.AddEndless("127.0.0.1:0", services =>
        {
            var mux = new ServeMux();
            mux.HandleFunc("GET /greeting", (w, _) => w.Write(services.GetRequiredService<Greeting>().Text));
            return mux;
        }, Note);
        using var host = builder.Build();
        await host.StartAsync();
        using var client = Client;
        Assert.Equal("Hello", await client.GetStringAsync("/greeting"));
        await host.StopAsync();
        Assert.Contains($"Listening on {_address}.", log.Lines);
    }

    [Fact]
    public async Task Two_servers_of_one_host_start_and_stop_with_it()
    {
        var builder = Builder(out _);
        var addresses = new List<string>();
        foreach (var name in (string[])["one", "two"])
            builder.Services.AddEndless("127.0.0.1:0", async (w, _) => await w.WriteAsync(name), server => server.BeforeBegin = addresses.Add);
        using var host = builder.Build();
        await host.StartAsync();
        using var client = new HttpClient();
        Assert.Equal(["one", "two"], [await client.GetStringAsync($"http://{addresses[0]}"), await client.GetStringAsync($"http://{addresses[1]}")]);
        await host.StopAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync($"http://{addresses[0]}"));
    }

    [Fact]
    public async Task A_setting_that_is_refused_fails_the_start_and_leaves_no_server()
    {
        var builder = Builder(out _);
        builder.Services.AddEndless("127.0.0.1:0", static (_, _) => { }, static server => server.Probation = TimeSpan.FromDays(-1));
        using var host = builder.Build();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => host.StartAsync());
    }

    private sealed record Greeting(string Text);

    private sealed class Visit : IAsyncDisposable
    {
        private readonly TaskCompletionSource _disposed = new();

        public Task Disposed => _disposed.Task;

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            _disposed.SetResult();
        }
    }
}
