using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Tests;

public sealed class UseEndlessTests
{
    [Fact]
    public async Task An_application_is_served()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseEndless().UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapGet("/", () => "Hello Zero-Downtime!");
        await app.StartAsync();
        using var client = new HttpClient();
        Assert.Equal("Hello Zero-Downtime!", await client.GetStringAsync(app.Urls.Single()));
    }
}
