using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>Puts the options that are the same for all servers into one.</summary>
internal static class ServerSettings
{
    /// <summary>All of them, and last what the program changes itself.</summary>
    public static void Apply(EndlessServerOptions options, EndlessServer server)
    {
        server.Scheduling = options.Scheduling;
        Apply(options.Limits, server);
        Apply(options.Restart, server);
        foreach (var configure in options.ServerSettings) configure(server);
    }

    private static void Apply(EndlessServerLimits limits, EndlessServer server)
    {
        // Not MaxRequestBodySize: an endpoint may raise it, so that it is looked at for each request, where its body is read.
        server.MaxConnections = (int)Math.Min(limits.MaxConcurrentConnections ?? 0, int.MaxValue);
        server.MaxHeaderBytes = limits.MaxRequestHeadersTotalSize + limits.MaxRequestLineSize;
        server.MaxHeaderBytesPerConnection = limits.MaxRequestHeadersTotalSizePerConnection ?? 0;
        server.MaxHeaderCount = limits.MaxRequestHeaderCount;
        server.MaxRequestLineBytes = limits.MaxRequestLineSize;
        server.IdleTimeout = limits.KeepAliveTimeout;
        server.ReadHeaderTimeout = limits.RequestHeadersTimeout;
        server.MinRequestBodyRate = BytesPerSecond(limits.MinRequestBodyDataRate);
        server.MinResponseRate = BytesPerSecond(limits.MinResponseDataRate);
        if (limits.MinRequestBodyDataRate is { } body) server.MinRequestBodyRateGrace = body.GracePeriod;
        if (limits.MinResponseDataRate is { } response) server.MinResponseRateGrace = response.GracePeriod;
    }

    private static void Apply(EndlessRestartOptions restart, EndlessServer server)
    {
        server.Probation = restart.Probation;
        server.StartTimeout = restart.StartTimeout;
        server.StopDelay = restart.StopDelay;
        server.HandOverConnections = restart.HandOver;
        if (restart.HammerTime is { } hammerTime) server.HammerTime = hammerTime;
        if (restart.DrainGrace is { } drainGrace) server.DrainGrace = drainGrace;
    }

    private static int BytesPerSecond(MinDataRate? rate) => rate is null ? 0 : (int)Math.Min(Math.Ceiling(rate.BytesPerSecond), int.MaxValue);
}
