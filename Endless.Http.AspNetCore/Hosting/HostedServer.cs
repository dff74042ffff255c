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
    private readonly EndlessServerOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly ServerAddressesFeature _addresses = new();
    private IReadOnlyList<PlannedServer> _servers = [];

    public HostedServer(IOptions<EndlessServerOptions> options, ILoggerFactory loggers)
    {
        _options = options.Value;
        _loggers = loggers;
        Features.Set<IServerAddressesFeature>(_addresses);
    }

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public async Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull
    {
        var handler = ApplicationHandler.Create(application, ApplicationOptions.Of(_options));
        _servers = ServerPlan.Make(_options, _addresses, handler, _loggers);
        _addresses.Addresses.Clear();
        foreach (var planned in _servers)
        {
            planned.Server.BeforeBegin = bound => _addresses.Addresses.Add(planned.UrlOf(bound));
            await (planned.Scheme == "https" ? planned.Server.StartTLSAsync(cancellationToken: cancellationToken) : planned.Server.StartAsync(cancellationToken)).ConfigureAwait(false);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var planned in _servers) await planned.Server.ShutdownAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var planned in _servers) planned.Server.Close();
    }
}
