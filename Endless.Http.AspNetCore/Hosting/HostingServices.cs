using Endless.Http.AspNetCore.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Endless.Http.AspNetCore.Hosting;

/// <summary>The services that make a host part of a generation, whichever server it has.</summary>
internal static class HostingServices
{
    /// <summary>Adds them, once for each host.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="generation">Null where there are no restarts.</param>
    public static void AddTo(IServiceCollection services, HostedGeneration generation)
    {
        services.TryAddSingleton(generation);
        services.TryAddSingleton<EndlessLifetime>();
        services.TryAddSingleton<IEndlessLifetime>(static provider => provider.GetRequiredService<EndlessLifetime>());
        services.TryAddSingleton<FailedStartLog>();
        // Of no use in a first generation, which has nobody to tell; and each logger costs a look.
        if (generation.Current is { Continues: true }) services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, FailedStartLog>(static provider => provider.GetRequiredService<FailedStartLog>()));
        services.TryAddSingleton<HostStart>();
        services.TryAddTransient<HostedServers>();
    }

    /// <summary>Makes Endless.Http the server.</summary>
    public static void AddServer(IServiceCollection services)
    {
        AddTo(services, HostedGeneration.OfProcess);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<EndlessServerOptions>, EndlessOptionsSetup>());
        services.AddSingleton<IServer, HostedServer>();
    }

    /// <summary>Leaves Kestrel the server, and says so in the log when the host starts.</summary>
    public static void AddNotice(IServiceCollection services)
    {
        AddTo(services, new HostedGeneration(Current: null));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PlatformNotice>());
    }
}
