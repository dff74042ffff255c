using Endless.Http.AspNetCore.Metrics;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>Which servers an application is to have: one for all addresses whose protocols and TLS are the same.</summary>
/// <remarks>
/// Names across a restart: a server's socket is known to the next generation by its address alone, so that endpoints can come, go and change their settings between two builds, and each address that stays keeps its queue.
/// </remarks>
internal static class ServerPlan
{
    internal const string LoggerName = "Endless.Http";

    private const string DefaultUrl = "http://localhost:5000";

    /// <summary>Makes the servers.</summary>
    /// <param name="options">What the program and its configuration ask for.</param>
    /// <param name="addresses">What the host asks for.</param>
    /// <param name="handler">Calls the application.</param>
    /// <param name="loggers">Where the servers log.</param>
    /// <exception cref="FormatException">A URL is not one to listen on; the message says what to write.</exception>
    /// <exception cref="InvalidOperationException">What is asked for cannot be: TLS without a certificate, HTTP/3 alone; the message says what to do.</exception>
    public static IReadOnlyList<PlannedServer> Make(EndlessServerOptions options, IServerAddressesFeature addresses, IHandler handler, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger(LoggerName);
        var groups = new List<ServerGroup>();
        foreach (var request in Requests(options, addresses, logger))
        {
            var listen = request.Resolve(options);
            var protocols = SpokenProtocols.Of(listen, logger);
            if (groups.Find(group => group.Takes(listen, protocols)) is { } same) same.Add(listen.Place);
            else groups.Add(new ServerGroup(listen, protocols));
        }
        if (options.Restart.PidFile is { } pidFile) EndlessProcess.PidFile = pidFile;
        return Make(options, groups, handler, logger);
    }

    private static List<PlannedServer> Make(EndlessServerOptions options, List<ServerGroup> groups, IHandler handler, ILogger logger)
    {
        var planned = new List<PlannedServer>();
        try
        {
            foreach (var group in groups)
            {
                // Before the server: one that is made, and neither started nor closed, holds up a restart for ever.
                var tls = group.Listen.IsTls ? TlsSettings.Of(options, group.Listen, group.Protocols) : null;
                var server = EndlessServer.NewServer(group.Addresses[0], handler);
                planned.Add(new PlannedServer(server, group.Scheme, group.UrlOf));
                foreach (var address in group.Addresses.Skip(1)) server.AddAddress(address);
                server.Logger = logger;
                server.IsHosted = true;
                server.ServesHttp1 = group.Protocols.HasFlag(HttpProtocols.Http1);
                server.UnencryptedHttp2 = group.Protocols.HasFlag(HttpProtocols.Http2);
                if (options.KestrelMetricNames) server.ConnectionWatch = new KestrelMeter();
                if (tls is not null) server.TlsOptions = tls;
                if (planned.Count == 1) server.Admin = options.Admin;
                ServerSettings.Apply(options, server);
            }
        }
        catch
        {
            planned.ForEach(static made => made.Server.Close());
            throw;
        }
        return planned;
    }

    private static IReadOnlyList<EndpointRequest> Requests(EndlessServerOptions options, IServerAddressesFeature addresses, ILogger logger)
    {
        var urls = addresses.Addresses;
        if (options.Endpoints.Count > 0 && (urls.Count == 0 || !addresses.PreferHostingUrls))
        {
            if (urls.Count > 0) logger.UrlsOverridden(string.Join(", ", urls));
            return options.Endpoints;
        }
        if (options.Endpoints.Count > 0) logger.EndpointsOverridden(string.Join(", ", urls));
        return [.. (urls.Count > 0 ? urls : [DefaultUrl]).Select(url => EndpointRequest.Of(url))];
    }
}
