using System.IO.Compression;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpLogging;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;

namespace Endless.Http.Benchmarks.Peers;

/// <summary>ASP.NET Core's own middleware behind the paths that measure ours: JSON, files, compression, sessions, an access log, WebSockets. Each only on its path, so that no other work pays for it.</summary>
internal static partial class KestrelExtras
{
    private static readonly byte[] Hello = Encoding.ASCII.GetBytes("Hello, World!");
    private static readonly byte[] Page = Encoding.UTF8.GetBytes(BenchFiles.Page);

    public static void AddServices(IServiceCollection services)
    {
        services.AddResponseCompression(options => options.Providers.Add<GzipCompressionProvider>());
        services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.AddDistributedMemoryCache();
        services.AddSession();
        services.AddW3CLogging(options =>
        {
            options.LogDirectory = BenchFiles.Directory;
            options.FileName = "kestrel-access";
            options.LoggingFields = W3CLoggingFields.ClientIpAddress | W3CLoggingFields.Date | W3CLoggingFields.Time | W3CLoggingFields.Method | W3CLoggingFields.UriStem | W3CLoggingFields.ProtocolStatus | W3CLoggingFields.Referer | W3CLoggingFields.UserAgent;
        });
    }

    public static void Map(WebApplication app)
    {
        app.Map("/orders", branch => branch.Run(OrderAsync));
        app.Map("/files", branch => branch.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(BenchFiles.Directory), ServeUnknownFileTypes = true }));
        app.Map("/page", branch => branch.UseResponseCompression().Run(context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.Body.WriteAsync(Page, 0, Page.Length);
        }));
        app.Map("/session", branch => branch.UseSession().Run(async context =>
        {
            await context.Session.LoadAsync();
            if (context.Session.GetString("user") is not { } user) context.Session.SetString("user", user = "alice");
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync(user);
        }));
        app.Map("/logged", branch => branch.UseW3CLogging().Run(context =>
        {
            context.Response.ContentType = "text/plain";
            context.Response.ContentLength = Hello.Length;
            return context.Response.Body.WriteAsync(Hello, 0, Hello.Length);
        }));
        app.Map("/socket", branch => branch.UseWebSockets().Run(EchoAsync));
    }

    private static async Task OrderAsync(HttpContext context)
    {
        var order = await context.Request.ReadFromJsonAsync(OrderJson.Default.Order);
        await context.Response.WriteAsJsonAsync(order! with { Total = order.Lines.Sum(line => line.Quantity * line.Price) }, OrderJson.Default.Order);
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, CancellationToken.None);
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    internal sealed record Order(int Id, string Customer, OrderLine[] Lines, decimal Total);

    internal sealed record OrderLine(string Article, int Quantity, decimal Price);

    [JsonSerializable(typeof(Order))]
    [JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
    private sealed partial class OrderJson : JsonSerializerContext;
}
