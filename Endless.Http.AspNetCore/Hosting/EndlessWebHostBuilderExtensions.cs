using Endless.Http.AspNetCore;
using Endless.Http.AspNetCore.Hosting;
using Endless.Http.AspNetCore.Hosting.Kestrel;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Puts an ASP.NET Core application on Endless.Http, or gives it restarts on Kestrel.</summary>
public static class EndlessWebHostBuilderExtensions
{
    /// <summary>
    /// Serves the application with Endless.Http in the place of Kestrel, so that it restarts without losing a request: <c>builder.WebHost.UseEndless()</c>. On Windows and macOS Kestrel stays, and the log
    /// says so. SIGHUP restarts; SIGTERM, SIGINT and SIGQUIT stay the host's. As PID 1 of a container the process that calls this supervises, and a child of it goes on (<see cref="Endless.Http.EndlessProcess.RunAsPid1"/>).
    /// </summary>
    /// <param name="builder">The application's web host.</param>
    /// <param name="configure">Changes the options, after what the configuration says.</param>
    public static IWebHostBuilder UseEndless(this IWebHostBuilder builder, Action<EndlessServerOptions>? configure = null) => UseEndless(builder, configure, OperatingSystem.IsLinux());

    /// <summary>
    /// Leaves Kestrel the server and gives it restarts: the next generation inherits its listening sockets, so that no connection is refused, and is watched before it is trusted. Open connections do
    /// not move: the old generation ends them politely, as Kestrel does at a stop. Other than Linux, restarts are not possible, and the log says so.
    /// </summary>
    /// <param name="builder">The application's web host.</param>
    /// <param name="configure">Changes the options, after what the configuration says. <see cref="EndlessServerOptions.Restart"/> and <see cref="EndlessServerOptions.Admin"/> count; the rest is Kestrel's.</param>
    public static IWebHostBuilder UseEndlessRestarts(this IWebHostBuilder builder, Action<EndlessServerOptions>? configure = null) => UseEndlessRestarts(builder, configure, OperatingSystem.IsLinux());

    internal static IWebHostBuilder UseEndless(IWebHostBuilder builder, Action<EndlessServerOptions>? configure, bool isLinux)
    {
        if (isLinux) _ = HostedGeneration.OfProcess; // at once, the earliest point: a supervisor goes no further
        return builder.ConfigureServices(services =>
        {
            if (isLinux) HostingServices.AddServer(services);
            else HostingServices.AddNotice(services);
            if (configure is not null) services.Configure(configure);
        });
    }

    internal static IWebHostBuilder UseEndlessRestarts(IWebHostBuilder builder, Action<EndlessServerOptions>? configure, bool isLinux)
    {
        if (isLinux) _ = HostedGeneration.OfProcess;
        return builder.ConfigureServices(services =>
        {
            if (isLinux) KestrelServices.AddTo(services);
            else HostingServices.AddNotice(services);
            if (configure is not null) services.Configure(configure);
        });
    }
}
