using Microsoft.Extensions.Logging;

namespace Endless.Http.Logging;

/// <summary>What a server logs of its life. Event ids from 200 on.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(201, LogLevel.Information, "{Address}: stopped accepting; finishing {Connections} connection(s).")]
    internal static partial void Draining(this ILogger logger, string address, int connections);

    [LoggerMessage(213, LogLevel.Information, "{Address}: {Awaited}.")]
    internal static partial void StillDraining(this ILogger logger, string address, string awaited);

    [LoggerMessage(207, LogLevel.Information, "{Address}: told to stop; accepting for another {Milliseconds} ms, so that load balancers leave first.")]
    internal static partial void StopDelayed(this ILogger logger, string address, long milliseconds);

    [LoggerMessage(209, LogLevel.Information, "{Address}: told to stop; accepting until told again.")]
    internal static partial void StopHeldBack(this ILogger logger, string address);

    [LoggerMessage(208, LogLevel.Error, "The health check failed; the answer is that this process is not ready.")]
    internal static partial void HealthCheckFailed(this ILogger logger, Exception exception);

    [LoggerMessage(202, LogLevel.Warning, "{Address}: hammer time, closed {Connections} connection(s).")]
    internal static partial void Hammered(this ILogger logger, string address, int connections);

    [LoggerMessage(203, LogLevel.Information, "{Address}: done after {Milliseconds} ms.")]
    internal static partial void Drained(this ILogger logger, string address, long milliseconds);

    [LoggerMessage(204, LogLevel.Error, "{Address}: ShutdownInitiated failed.")]
    internal static partial void ShutdownInitiatedFailed(this ILogger logger, Exception exception, string address);

    [LoggerMessage(205, LogLevel.Warning, "{Address}: ShutdownInitiated did not end at hammer time; not waiting for it any longer.")]
    internal static partial void ShutdownInitiatedAbandoned(this ILogger logger, string address);

    [LoggerMessage(219, LogLevel.Error, "The application's logger failed.")]
    internal static partial void LoggerFailed(this ILogger logger, Exception exception);

    [LoggerMessage(206, LogLevel.Error, "{Address}: a handler of ConnectionStateChanged failed for connection {Connection}.")]
    internal static partial void ConnectionStateChangedFailed(this ILogger logger, Exception exception, string address, ConnectionInfo connection);

    [LoggerMessage(210, LogLevel.Warning, "{Address}: its path did not lead to the inherited socket any more; bound anew.")]
    internal static partial void PathBoundAnew(this ILogger logger, string address);

    [LoggerMessage(211, LogLevel.Error, "{Address}: its path does not lead to the inherited socket any more, so that no client finds it, and cannot be bound anew: {Reason}.")]
    internal static partial void PathLost(this ILogger logger, string address, string reason);

    [LoggerMessage(212, LogLevel.Warning, "{Address}: its path could not be removed: {Reason}.")]
    internal static partial void PathLeft(this ILogger logger, string address, string reason);
}
