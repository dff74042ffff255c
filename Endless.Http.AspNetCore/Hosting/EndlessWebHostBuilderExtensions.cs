using Endless.Http.AspNetCore;
using Endless.Http.AspNetCore.Configuration;
using Endless.Http.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Puts an ASP.NET Core application on Endless.Http.</summary>
public static class EndlessWebHostBuilderExtensions
{
    /// <summary>Serves the application with Endless.Http in the place of Kestrel, so that it restarts without losing a request: <c>builder.WebHost.UseEndless()</c>.</summary>
    /// <param name="builder">The application's web host.</param>
    /// <param name="configure">Changes the options, after what the configuration says.</param>
    public static IWebHostBuilder UseEndless(this IWebHostBuilder builder, Action<EndlessServerOptions>? configure = null) => builder.ConfigureServices(services =>
    {
        services.AddSingleton<IServer, HostedServer>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<EndlessServerOptions>, EndlessOptionsSetup>());
        if (configure is not null) services.Configure(configure);
    });
}
