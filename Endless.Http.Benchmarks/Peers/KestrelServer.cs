using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Endless.Http.Load;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Benchmarks.Peers;

/// <summary>
/// Kestrel, as lean as an application can have it: the slim builder, no logging, routing only for the paths that are about routing, the bytes of each answer and its
/// length known beforehand.
/// </summary>
internal static partial class KestrelServer
{
    /// <summary>The argument that makes this program be that server.</summary>
    public const string Mode = "kestrel-server";

    private static readonly byte[] Hello = Encoding.ASCII.GetBytes("Hello, World!");
    private static readonly byte[] Mebibyte = Enumerable.Repeat((byte)'x', 1024 * 1024).ToArray();

    public static async Task RunAsync(string[] args)
    {
        if (args is not [var name, var certFile, var keyFile, .. var rest] || !Enum.TryParse<Protocol>(name, out var protocol)) throw new ArgumentException("PROTOCOL CERT KEY [PORT]");
        var port = rest is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 0;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = protocol switch { Protocol.Http2 => HttpProtocols.Http2, Protocol.Http2OverTls => HttpProtocols.Http1AndHttp2, _ => HttpProtocols.Http1 };
            if (protocol is Protocol.Http1OverTls or Protocol.Http2OverTls) listen.UseHttps(X509Certificate2.CreateFromPemFile(certFile, keyFile));
        }));
        KestrelExtras.AddServices(builder.Services);
        await using var app = builder.Build();
        // Branched off before anything is routed, so that the other paths do not pay for it.
        app.MapWhen(context => context.Request.Path.Value!.StartsWith("/r", StringComparison.Ordinal), Route);
        if (BenchFiles.Directory.Length > 0) KestrelExtras.Map(app);
        app.Run(context => context.Request.Path.Value switch
        {
            "/plaintext" => Answer(context, "text/plain", Hello),
            "/json" => Json(context),
            "/echo" => EchoAsync(context),
            "/big" => Answer(context, "application/octet-stream", Mebibyte),
            "/chunked" => ChunkedAsync(context),
            "/block" => Block(context),
            _ => NotFound(context),
        });
        await app.StartAsync();
        Console.WriteLine(ServerProcess.ListeningLineOf(new Uri(app.Urls.Single()).Authority));
        await app.WaitForShutdownAsync();
    }

    private static void Route(IApplicationBuilder branch)
    {
        branch.UseRouting();
        branch.UseEndpoints(endpoints =>
        {
            for (var i = 0; i < 100; i++)
            {
                endpoints.MapGet($"/r{i}/{{user}}/posts/{{post}}", (RequestDelegate)(context =>
                {
                    context.Response.ContentType = "text/plain";
                    return context.Response.WriteAsync($"{context.Request.RouteValues["user"]} {context.Request.RouteValues["post"]}");
                }));
            }
        });
    }

    private static Task Answer(HttpContext context, string type, byte[] body)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, 0, body.Length);
    }

    private static Task Json(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = 27;
        using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        JsonSerializer.Serialize(writer, new Message("Hello, World!"), MessageJson.Default.Message);
        return Task.CompletedTask;
    }

    private static async Task EchoAsync(HttpContext context)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = context.Request.ContentLength;
        while (true)
        {
            var read = await context.Request.BodyReader.ReadAsync();
            foreach (var part in read.Buffer) await context.Response.BodyWriter.WriteAsync(part);
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }

    private static async Task ChunkedAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain";
        for (var i = 0; i < 16; i++)
        {
            await context.Response.BodyWriter.WriteAsync(Mebibyte.AsMemory(0, 1024)); // which flushes
        }
    }

    private static Task Block(HttpContext context)
    {
        Thread.Sleep(int.TryParse(context.Request.Query["ms"], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ? milliseconds : 10);
        return Answer(context, "text/plain", Hello);
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    }

    internal readonly record struct Message([property: JsonPropertyName("message")] string Text);

    [JsonSerializable(typeof(Message))]
    private sealed partial class MessageJson : JsonSerializerContext;
}
