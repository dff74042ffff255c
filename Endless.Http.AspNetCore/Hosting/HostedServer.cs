using Endless.Http.AspNetCore.Configuration;
using Endless.Http.AspNetCore.Serving;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Endless.Http.AspNetCore.Hosting;

/// <summary>Endless.Http as the server of an ASP.NET Core application.</summary>
internal sealed class HostedServer : IServer
{
    private readonly IOptions<EndlessServerOptions> _options;
    private readonly ILoggerFactory _loggers;
    private readonly HostedServers _servers;
    private readonly ServerAddressesFeature _addresses = new();
    private int _starts;

    public HostedServer(IOptions<EndlessServerOptions> options, ILoggerFactory loggers, HostedServers servers)
    {
        _options = options;
        _loggers = loggers;
        _servers = servers;
        Features.Set<IServerAddressesFeature>(_addresses);
    }

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull
    {
        if (Interlocked.Exchange(ref _starts, 1) != 0) throw new InvalidOperationException("The server was started before. A server serves once; make a new host.");
        var handler = ApplicationHandler.Create(application, ApplicationOptions.Of(_options.Value));
        var servers = ServerPlan.Make(_options.Value, _addresses, handler, _loggers);
        _addresses.Addresses.Clear();
        return _servers.StartAsync(servers, _addresses.Addresses.Add, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _servers.StopAsync(cancellationToken);

    public void Dispose() => _servers.Close();
}
