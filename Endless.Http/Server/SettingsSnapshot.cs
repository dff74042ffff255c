using Endless.Http.Connections;
using Endless.Http.Generations;
using Endless.Http.Pipeline;
using Endless.Http.Semantics;

namespace Endless.Http.Server;

/// <summary>A server's settings as its engines take them: read once, when it starts, with every fallback applied.</summary>
internal static class SettingsSnapshot
{
    /// <summary>From the first byte of a request to the end of its header section where nothing else says so. Kestrel's RequestHeadersTimeout.</summary>
    private static readonly TimeSpan DefaultReadHeaderTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Between two requests where nothing else says so. Kestrel's KeepAliveTimeout.</summary>
    private static readonly TimeSpan DefaultIdleTimeout = TimeSpan.FromSeconds(130);

    /// <summary>The settings as they are now.</summary>
    /// <param name="server">Whose.</param>
    /// <param name="generation">The process's.</param>
    /// <param name="tls">How the server speaks TLS; null in the clear.</param>
    /// <param name="draining">Fires when the server stops accepting.</param>
    public static ProtocolContext Of(EndlessServer server, Generation generation, ServerTls? tls, CancellationToken draining)
    {
        var figures = generation.Figures;
        var scheme = tls is null ? "http" : "https";
        var handler = server.Handler ?? ServeMux.Default;
        if (handler is not ScheduledHandler) handler = new ScheduledHandler(handler);
        if (!server.ServesHttp1) handler = new Http2OnlyHandler(handler);
        if (tls is { Certificates: { IsNameless: false } certificates }) handler = new MisdirectedHandler(handler, certificates);
        if (!server.IsHosted) handler = new TracedHandler(new MeteredHandler(handler, figures.Requests, scheme), scheme, figures.DiagnosticsLibrary);
        return new ProtocolContext
        {
            Handler = handler,
            Scheduling = server.Scheduling,
            Logger = server.Log,
            Budget = figures.Budget,
            Generation = generation.Info.Number,
            AnswersAsterisk = !server.IsHosted,
            UnencryptedHttp2 = server.UnencryptedHttp2,
            UnencryptedHttp2Upgrade = server.UnencryptedHttp2 && server.UnencryptedHttp2Upgrade,
            Draining = draining,
            DrainWait = server.DrainWait,
            Limits = LimitsOf(server),
            Timeouts = TimeoutsOf(server),
        };
    }

    /// <summary>Milliseconds. For ever is the longest time there is, and not a deadline that never comes: it is added to a clock.</summary>
    public static long DrainGraceOf(EndlessServer server) => (long)(server.DrainGrace < TimeSpan.Zero ? TimeSpan.MaxValue : server.DrainGrace).TotalMilliseconds;

    /// <summary>A timeout as the engines take it: zero falls back to the first that is positive, and what is not positive then is none (-1). No positive time is rounded down to none.</summary>
    public static long Milliseconds(TimeSpan time, TimeSpan fallback = default, TimeSpan otherwise = default)
    {
        if (time == TimeSpan.Zero) time = fallback > TimeSpan.Zero ? fallback : otherwise;
        return time > TimeSpan.Zero ? (long)Math.Ceiling(time.TotalMilliseconds) : -1;
    }

    private static ProtocolLimits LimitsOf(EndlessServer server)
    {
        var limits = new ProtocolLimits();
        var bodyGrace = server.MinRequestBodyRateGrace.TotalMilliseconds;
        return limits with
        {
            MaxHeaderBytes = OrDefault(server.MaxHeaderBytes, limits.MaxHeaderBytes),
            MaxConnectionHeaderBytes = OrDefault(server.MaxHeaderBytesPerConnection, Math.Max(limits.MaxConnectionHeaderBytes, server.MaxHeaderBytes)),
            MaxRequestLineBytes = OrDefault(server.MaxRequestLineBytes, limits.MaxRequestLineBytes),
            MaxHeaderCount = Math.Min(OrDefault(server.MaxHeaderCount, limits.MaxHeaderCount), int.MaxValue - 1_000), // HTTP/2 adds the few of its own
            MaxBodyBytes = Math.Max(server.MaxRequestBodyBytes, -1),
            MinBodyBytesPerSecond = bodyGrace is >= 0 and <= int.MaxValue ? server.MinRequestBodyRate : 0,
            MinBodyRateGrace = (int)Math.Clamp(Math.Ceiling(bodyGrace), 0, int.MaxValue),
            LeastResponseRate = ResponseRateOf(server),
            MaxRequestsPerConnection = server.MaxRequestsPerConnection,
        };
    }

    private static ProtocolTimeouts TimeoutsOf(EndlessServer server) => new()
    {
        ReadHeader = Milliseconds(server.ReadHeaderTimeout, server.ReadTimeout, DefaultReadHeaderTimeout),
        Read = Milliseconds(server.ReadTimeout),
        Write = Milliseconds(server.WriteTimeout),
        Idle = Milliseconds(server.IdleTimeout, server.ReadTimeout, DefaultIdleTimeout),
        DrainGrace = DrainGraceOf(server),
        Linger = (long)server.Linger.TotalMilliseconds,
    };

    private static LeastRate? ResponseRateOf(EndlessServer server)
    {
        var grace = Math.Ceiling(server.MinResponseRateGrace.TotalMilliseconds);
        return server.MinResponseRate > 0 && grace is > 0 and <= int.MaxValue ? new LeastRate(server.MinResponseRate, (long)grace) : null;
    }

    private static int OrDefault(int value, int otherwise) => value > 0 ? value : otherwise;
}
