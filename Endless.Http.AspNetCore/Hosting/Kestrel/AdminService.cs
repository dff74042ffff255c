using Endless.Http.AspNetCore.Configuration;
using Endless.Http.Operations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Endless.Http.AspNetCore.Hosting.Kestrel;

/// <summary>Status, metrics and health beside Kestrel, where the options ask for them: a server of their own.</summary>
internal sealed class AdminService(IOptions<EndlessServerOptions> options, HostedGeneration generation, HostedServers servers, ILogger<EndlessServer> logger) : IHostedService, IDisposable
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Admin is not { } address) return Task.CompletedTask;
        var server = EndlessServer.NewServer(address, new AdminHandler(generation.Current!));
        server.Logger = logger;
        server.Scheduling = SchedulingMode.Inline;
        server.MaxRequestBodyBytes = 0;
        var settings = MemberSettings.Of(options.Value.Restart);
        (server.StartTimeout, server.Probation, server.HammerTime) = (settings.StartTimeout, settings.Probation, settings.HammerTime);
        return servers.StartAsync([new PlannedServer(server, "http", static bound => bound)], static _ => { }, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => servers.StopAsync(cancellationToken);

    public void Dispose() => servers.Close();
}
