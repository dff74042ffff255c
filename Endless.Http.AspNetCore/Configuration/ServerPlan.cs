using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>Which servers an application is to have.</summary>
internal static class ServerPlan
{
    /// <summary>Makes the servers.</summary>
    /// <param name="options">What the program and its configuration ask for.</param>
    /// <param name="addresses">What the host asks for.</param>
    /// <param name="handler">Calls the application.</param>
    /// <param name="loggers">Where the servers log.</param>
    public static IReadOnlyList<PlannedServer> Make(EndlessServerOptions options, IServerAddressesFeature addresses, IHandler handler, ILoggerFactory loggers)
    {
        _ = options;
        var urls = addresses.Addresses.Count > 0 ? [.. addresses.Addresses] : new[] { "http://localhost:5000" };
        return [.. urls.Select(url => new PlannedServer(Make(url["http://".Length..], handler, loggers.CreateLogger("Endless.Http")), "http", static bound => "http://" + bound))];
    }

    private static EndlessServer Make(string address, IHandler handler, ILogger logger)
    {
        var server = EndlessServer.NewServer(address, handler);
        server.Logger = logger;
        return server;
    }
}
