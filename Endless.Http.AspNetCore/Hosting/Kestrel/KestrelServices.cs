using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Endless.Http.AspNetCore.Hosting.Kestrel;

/// <summary>The services that give Kestrel restarts.</summary>
internal static class KestrelServices
{
    /// <summary>Adds them. Of the factories that can bind an address, Kestrel takes the one that was added last.</summary>
    public static void AddTo(IServiceCollection services)
    {
        HostingServices.AddTo(services, HostedGeneration.OfProcess);
        // For what is no address: a descriptor that was given it.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, SocketTransportFactory>());
        services.AddSingleton<IConnectionListenerFactory, InheritedListeners>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<EndlessServerOptions>, RestartOptionsSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AdminService>());
    }
}
