using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Endless.Http.Load;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Benchmarks.Peers;

/// <summary>Kestrel, as lean as an application can have it: the slim builder, no logging, no routing, the answer's bytes and length known beforehand.</summary>
internal static class KestrelServer
{
    /// <summary>The argument that makes this program be that server.</summary>
    public const string Mode = "kestrel-server";

    private static readonly byte[] Hello = Encoding.ASCII.GetBytes("Hello, World!");

    /// <param name="certificate">Certificate and key files, to speak TLS; empty for the clear.</param>
    public static async Task RunAsync(string[] certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (certificate is [var certFile, var keyFile]) listen.UseHttps(X509Certificate2.CreateFromPemFile(certFile, keyFile));
        }));
        await using var app = builder.Build();
        app.Run(context =>
        {
            var response = context.Response;
            response.ContentType = "text/plain";
            response.ContentLength = Hello.Length;
            return response.Body.WriteAsync(Hello, 0, Hello.Length);
        });
        await app.StartAsync();
        Console.WriteLine(ServerProcess.ListeningLineOf(new Uri(app.Urls.Single()).Authority));
        await app.WaitForShutdownAsync();
    }
}
