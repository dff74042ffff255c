using System.Globalization;
using System.Net;
using Endless.Http.Load;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Attack.Targets;

/// <summary>The routes of <see cref="EndlessProgram"/> on Kestrel. It logs warnings and worse, as ours does.</summary>
internal static class KestrelProgram
{
    /// <summary>The argument that makes this program be that server.</summary>
    public const string Mode = "attack-kestrel";

    private static readonly byte[] Piece = new byte[64 * 1024];

    public static async Task<int> RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        await using var app = builder.Build();
        app.Run(ServeAsync);
        await app.StartAsync();
        foreach (var url in app.Urls) Console.WriteLine(ServerProcess.ListeningLineOf(new Uri(url).Authority));
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static async Task ServeAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/quick":
                context.Response.ContentLength = 5; // else in chunks
                await context.Response.WriteAsync("quick");
                break;
            case "/block":
                Thread.Sleep(int.Parse(context.Request.Query["ms"].ToString(), CultureInfo.InvariantCulture));
                await context.Response.WriteAsync("blocked");
                break;
            case "/big":
                for (var i = 0; i < 64; i++) await context.Response.Body.WriteAsync(Piece);
                break;
            case "/big-sync":
                context.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
                for (var i = 0; i < 64; i++) context.Response.Body.Write(Piece);
                break;
            case "/read":
                var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                await context.Response.WriteAsync(body.Length.ToString(CultureInfo.InvariantCulture));
                break;
            case "/throw":
                throw new InvalidOperationException("thrown as asked for");
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }
}
