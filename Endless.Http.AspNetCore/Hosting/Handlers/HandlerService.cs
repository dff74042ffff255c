using Endless.Http.AspNetCore.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Endless.Http.AspNetCore.Hosting.Handlers;

/// <summary>A server of handlers as a service of the generic host.</summary>
internal sealed class HandlerService(HandlerOptions handler, IServiceProvider services, HostedServers servers, IOptions<EndlessServerOptions> options, ILogger<EndlessServer> logger) : IHostedService, IDisposable
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var answers = new ScopedHandler(handler.MakeHandler(services), services);
        return servers.StartAsync([new PlannedServer(Make(answers), "http", static bound => bound)], static _ => { }, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => servers.StopAsync(cancellationToken);

    public void Dispose() => servers.Close();

    private EndlessServer Make(IHandler answers)
    {
        var settings = options.Value;
        if (settings.Restart.PidFile is { } pidFile) EndlessProcess.PidFile = pidFile;
        var server = EndlessServer.NewServer(handler.Address, answers);
        try
        {
            server.Logger = logger;
            if (handler.IsFirst) server.Admin = settings.Admin;
            ServerSettings.Apply(settings, server);
            server.MaxRequestBodyBytes = settings.Limits.MaxRequestBodySize ?? -1;
            handler.Configure?.Invoke(server);
            return server;
        }
        catch
        {
            server.Close(); // else a restart would wait for it
            throw;
        }
    }
}
