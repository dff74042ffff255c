using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Tests;

/// <summary>An application on Endless.Http, on a port of its own, and a client for each version of HTTP.</summary>
internal sealed class TestApplication : IAsyncDisposable
{
    private readonly WebApplication _application;

    private TestApplication(WebApplication application)
    {
        _application = application;
        Url = application.Urls.Single();
        Client = new HttpClient { BaseAddress = new Uri(Url) };
        Http2 = new HttpClient { BaseAddress = new Uri(Url), DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
    }

    public string Url { get; }

    public HttpClient Client { get; }

    public HttpClient Http2 { get; }

    public IServiceProvider Services => _application.Services;

    public static async Task<TestApplication> StartAsync(Action<WebApplication> configure, Action<EndlessServerOptions>? options = null, Action<WebApplicationBuilder>? build = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseEndless(options).UseUrls("http://127.0.0.1:0");
        build?.Invoke(builder);
        var application = builder.Build();
        configure(application);
        await application.StartAsync();
        return new TestApplication(application);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Http2.Dispose();
        await _application.DisposeAsync();
    }
}
