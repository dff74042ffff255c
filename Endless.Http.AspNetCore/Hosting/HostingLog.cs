using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Hosting;

/// <summary>What a hosted server logs. Event ids from 500 on.</summary>
internal static partial class HostingLog
{
    /// <summary>Why a restart is refused where there is none.</summary>
    internal const string NoRestarts = "restarts need Linux";

    [LoggerMessage(500, LogLevel.Warning, "Restarts need Linux: Kestrel serves the application here, and a restart is a stop and a start. Run it on Linux, in WSL2 or in a container to have them.")]
    internal static partial void KestrelServes(this ILogger logger);

    [LoggerMessage(501, LogLevel.Information, "The next generation has the service: background services that run in one generation only stop, then the application.")]
    internal static partial void Superseded(this ILogger logger);

    [LoggerMessage(502, LogLevel.Error, "A callback of IEndlessLifetime.{Token} failed; the restart goes on without it.")]
    internal static partial void LifetimeCallbackFailed(this ILogger logger, Exception exception, string token);

    [LoggerMessage(503, LogLevel.Critical, "The server on {Address} has ended: the application stops.")]
    internal static partial void ServerFailed(this ILogger logger, Exception exception, string address);

    [LoggerMessage(504, LogLevel.Information, "{Service} runs in this generation.")]
    internal static partial void SingleActiveStarted(this ILogger logger, string service);

    [LoggerMessage(505, LogLevel.Information, "{Service} waits until the generation before has stopped its own.")]
    internal static partial void SingleActiveWaits(this ILogger logger, string service);

    [LoggerMessage(506, LogLevel.Critical, "{Service} failed.")]
    internal static partial void SingleActiveFailed(this ILogger logger, Exception exception, string service);

    [LoggerMessage(507, LogLevel.Error, "{Service} did not stop: the next generation starts its own when this process is gone.")]
    internal static partial void SingleActiveStays(this ILogger logger, Exception? exception, string service);

    [LoggerMessage(508, LogLevel.Error, "What the generation before left of the data-protection keys cannot be read; keys of this generation are used.")]
    internal static partial void KeysUnreadable(this ILogger logger, Exception exception);
}
