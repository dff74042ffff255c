using System.Net;
using Endless.Http.Load;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Benchmarks.Applications;

/// <summary>
/// An ASP.NET Core application as people write them, on Kestrel or on Endless.Http: the same code, packages and settings of the runtime, so that only the server differs.
/// Logging is off, as it would be most of what is measured.
/// </summary>
internal static class BenchApplication
{
    /// <summary>The argument that makes this program be that application.</summary>
    public const string Mode = "application";

    public static async Task RunAsync(string[] args)
    {
        if (args is not [var serverName, var protocolName, var partName] || !Enum.TryParse<ApplicationServer>(serverName, out var server) || !Enum.TryParse<Protocol>(protocolName, out var protocol))
            throw new ArgumentException("SERVER PROTOCOL PART");
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        Listen(builder.WebHost, server, protocol);
        var part = ApplicationPart.All[partName];
        part.AddServices(builder);
        await using var app = builder.Build();
        part.Map(app);
        await app.StartAsync();
        Console.WriteLine(ServerProcess.ListeningLineOf(new Uri(app.Urls.Single()).Authority));
        await app.WaitForShutdownAsync();
    }

    private static void Listen(IWebHostBuilder host, ApplicationServer server, Protocol protocol)
    {
        if (protocol is not (Protocol.Http1 or Protocol.Http2)) throw new ArgumentException($"The application speaks no {protocol}.");
        host.UseUrls($"http://{IPAddress.Loopback}:0");
        if (server == ApplicationServer.Endless) host.UseEndless(); // which tells HTTP/1.1 and HTTP/2 apart by what a client begins with
        else host.ConfigureKestrel(options => options.ConfigureEndpointDefaults(listen => listen.Protocols = protocol == Protocol.Http2 ? HttpProtocols.Http2 : HttpProtocols.Http1));
    }
}

/// <summary>What the application is served by.</summary>
internal enum ApplicationServer
{
    Endless,
    Kestrel,
}
