using Endless.Http;
using Endless.Http.AspNetCore;
using Endless.Http.AspNetCore.Configuration;
using Endless.Http.AspNetCore.Hosting;
using Endless.Http.AspNetCore.Hosting.Handlers;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Endless.Http without ASP.NET Core's pipeline, as a service of the generic host.</summary>
public static class EndlessServiceCollectionExtensions
{
    /// <summary>
    /// Adds a server to the host: it starts and stops with it, logs to its logger (category <c>Endless.Http.EndlessServer</c>), and restarts by SIGHUP, as one that <c>UseEndless</c> puts under an application.
    /// Handlers find the services of their request by <c>r.GetRequestServices()</c>. May be called for several addresses. Linux only.
    /// </summary>
    /// <param name="services">The host's.</param>
    /// <param name="address">Where to listen, as <see cref="EndlessServer.Addr"/>: <c>:8080</c>, <c>127.0.0.1:0</c>, <c>unix:/run/x.sock</c>. Checked when the host starts.</param>
    /// <param name="handler">Makes the handler, when the host starts.</param>
    /// <param name="configure">Changes the settings of the server, after those of the configuration's section <c>Endless</c> (limits, restarts, the admin listener; not its endpoints).</param>
    public static IServiceCollection AddEndless(this IServiceCollection services, string address, Func<IServiceProvider, IHandler> handler, Action<EndlessServer>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(handler);
        HostingServices.AddTo(services, HostedGeneration.OfProcess);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<EndlessServerOptions>, EndlessOptionsSetup>());
        var options = new HandlerOptions(address, handler, IsFirst: !services.Any(static service => service.ServiceType == typeof(HandlerOptions)), configure);
        services.AddSingleton(options);
        return services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<HandlerService>(provider, options));
    }

    /// <inheritdoc cref="AddEndless(IServiceCollection, string, Func{IServiceProvider, IHandler}, Action{EndlessServer})"/>
    /// <param name="services">The host's.</param>
    /// <param name="address">Where to listen.</param>
    /// <param name="handler">Called for each request: a <see cref="ServeMux"/>, for example.</param>
    /// <param name="configure">Changes the settings of the server.</param>
    public static IServiceCollection AddEndless(this IServiceCollection services, string address, IHandler handler, Action<EndlessServer>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return services.AddEndless(address, _ => handler, configure);
    }

    /// <inheritdoc cref="AddEndless(IServiceCollection, string, IHandler, Action{EndlessServer})"/>
    public static IServiceCollection AddEndless(this IServiceCollection services, string address, HandlerFunc handler, Action<EndlessServer>? configure = null) =>
        services.AddEndless(address, Handler.From(handler), configure);

    /// <inheritdoc cref="AddEndless(IServiceCollection, string, IHandler, Action{EndlessServer})"/>
    public static IServiceCollection AddEndless(this IServiceCollection services, string address, AsyncHandlerFunc handler, Action<EndlessServer>? configure = null) =>
        services.AddEndless(address, Handler.From(handler), configure);
}
