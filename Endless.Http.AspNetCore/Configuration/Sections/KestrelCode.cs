using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Configuration;

/// <summary>What the program says to Kestrel by <c>ConfigureKestrel</c>: limits that were changed there are taken over, and the rest is named, since nothing else would say that it has no effect.</summary>
internal static class KestrelCode
{
    /// <summary>Takes over what has an equal.</summary>
    public static void Apply(KestrelServerOptions kestrel, EndlessServerOptions options, ILogger logger)
    {
        if (kestrel.AllowSynchronousIO) options.AllowSynchronousIO = true;
        Apply(kestrel.Limits, new KestrelServerLimits(), options.Limits);
        foreach (var name in WithoutEqual(kestrel.Limits, new KestrelServerLimits())) logger.KeyNotUnderstood($"{name} of ConfigureKestrel", UnknownSettings.WhatToDo(":Limits:" + name.Split('.', 2)[1].Replace('.', ':')));
        var endpoints = string.Join(", ", EndpointsOf(kestrel));
        if (endpoints.Length > 0) logger.KestrelEndpoints(endpoints);
    }

    private static void Apply(KestrelServerLimits kestrel, KestrelServerLimits defaults, EndlessServerLimits limits)
    {
        if (kestrel.MaxRequestBodySize != defaults.MaxRequestBodySize) limits.MaxRequestBodySize = kestrel.MaxRequestBodySize;
        if (kestrel.MaxConcurrentConnections != defaults.MaxConcurrentConnections) limits.MaxConcurrentConnections = kestrel.MaxConcurrentConnections;
        if (kestrel.MaxRequestHeadersTotalSize != defaults.MaxRequestHeadersTotalSize) limits.MaxRequestHeadersTotalSize = kestrel.MaxRequestHeadersTotalSize;
        if (kestrel.MaxRequestHeaderCount != defaults.MaxRequestHeaderCount) limits.MaxRequestHeaderCount = kestrel.MaxRequestHeaderCount;
        if (kestrel.MaxRequestLineSize != defaults.MaxRequestLineSize) limits.MaxRequestLineSize = kestrel.MaxRequestLineSize;
        if (kestrel.KeepAliveTimeout != defaults.KeepAliveTimeout) limits.KeepAliveTimeout = Infinite(kestrel.KeepAliveTimeout);
        if (kestrel.RequestHeadersTimeout != defaults.RequestHeadersTimeout) limits.RequestHeadersTimeout = Infinite(kestrel.RequestHeadersTimeout);
        if (Differ(kestrel.MinRequestBodyDataRate, defaults.MinRequestBodyDataRate)) limits.MinRequestBodyDataRate = kestrel.MinRequestBodyDataRate;
        if (Differ(kestrel.MinResponseDataRate, defaults.MinResponseDataRate)) limits.MinResponseDataRate = kestrel.MinResponseDataRate;
    }

    private static IEnumerable<string> WithoutEqual(KestrelServerLimits kestrel, KestrelServerLimits defaults)
    {
        if (kestrel.MaxRequestBufferSize != defaults.MaxRequestBufferSize) yield return "Limits.MaxRequestBufferSize";
        if (kestrel.MaxResponseBufferSize != defaults.MaxResponseBufferSize) yield return "Limits.MaxResponseBufferSize";
        if (kestrel.MaxConcurrentUpgradedConnections != defaults.MaxConcurrentUpgradedConnections) yield return "Limits.MaxConcurrentUpgradedConnections";
        if (kestrel.Http2.MaxStreamsPerConnection != defaults.Http2.MaxStreamsPerConnection) yield return "Limits.Http2.MaxStreamsPerConnection";
        if (kestrel.Http2.InitialConnectionWindowSize != defaults.Http2.InitialConnectionWindowSize) yield return "Limits.Http2.InitialConnectionWindowSize";
        if (kestrel.Http2.InitialStreamWindowSize != defaults.Http2.InitialStreamWindowSize) yield return "Limits.Http2.InitialStreamWindowSize";
        if (kestrel.Http2.MaxFrameSize != defaults.Http2.MaxFrameSize) yield return "Limits.Http2.MaxFrameSize";
        if (kestrel.Http2.KeepAlivePingDelay != defaults.Http2.KeepAlivePingDelay) yield return "Limits.Http2.KeepAlivePingDelay";
    }

    private static bool Differ(MinDataRate? one, MinDataRate? other) => one?.BytesPerSecond != other?.BytesPerSecond || one?.GracePeriod != other?.GracePeriod;

    /// <summary>Kestrel keeps an infinite time as the longest there is.</summary>
    private static TimeSpan Infinite(TimeSpan time) => time == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : time;

    private static IEnumerable<string> EndpointsOf(KestrelServerOptions kestrel)
    {
        try
        {
            return [.. CodeBacked(kestrel).Select(static listen => listen.ToString() ?? "")];
        }
        catch (MissingMethodException) // a later Kestrel keeps them elsewhere
        {
            return [];
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_CodeBackedListenOptions")]
    private static extern List<ListenOptions> CodeBacked(KestrelServerOptions kestrel);
}
