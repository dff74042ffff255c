using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Hosting;

/// <summary>Says once, when the host starts, that there are no restarts here.</summary>
internal sealed class PlatformNotice(ILogger<EndlessServer> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        logger.KestrelServes();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
