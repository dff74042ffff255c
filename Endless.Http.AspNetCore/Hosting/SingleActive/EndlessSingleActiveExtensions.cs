using Endless.Http.AspNetCore;
using Endless.Http.AspNetCore.Hosting;
using Endless.Http.AspNetCore.Hosting.SingleActive;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Hosted services that run in one generation only.</summary>
public static class EndlessSingleActiveExtensions
{
    /// <summary>
    /// Adds a hosted service that never runs in two generations at once, as <c>AddHostedService</c> adds one that does during a restart: a scheduler, a consumer of a queue. It starts with the host where this generation
    /// is the first; in a later one as soon as the generation before has stopped its own, which it does when this one is trusted, or is gone, killed too. It stops at <see cref="IEndlessLifetime.Superseded"/> or with
    /// the host. One that fails in a new generation on probation has never run there. Where it fails the host stops, if <c>HostOptions.BackgroundServiceExceptionBehavior</c> says so.
    /// </summary>
    /// <remarks>
    /// Only generations of one process are told apart: two instances of the application each run theirs. A service that does not stop in <c>HostOptions.ShutdownTimeout</c> keeps the next one waiting until its process is gone.
    /// All such services of a process take turns together. Needs <c>UseEndless</c>, <c>UseEndlessRestarts</c> or <c>AddEndless</c>; on Windows and macOS it runs as any hosted service.
    /// </remarks>
    /// <typeparam name="TService">The service; a singleton.</typeparam>
    public static IServiceCollection AddEndlessSingleActive<TService>(this IServiceCollection services)
        where TService : class, IHostedService
    {
        ArgumentNullException.ThrowIfNull(services);
        HostingServices.AddTo(services, OperatingSystem.IsLinux() ? HostedGeneration.OfProcess : new HostedGeneration(Current: null));
        services.TryAddSingleton<TService>();
        services.AddSingleton<IHostedService>(static provider => ActivatorUtilities.CreateInstance<SingleActiveService<TService>>(
            provider, provider.GetRequiredService<TService>(), provider.GetRequiredService<HostedGeneration>().Current is null ? SingleActiveTurn.None : SingleActiveTurn.OfProcess));
        return services;
    }
}
