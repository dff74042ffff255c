using Microsoft.Extensions.Logging;

namespace Endless.Http.Logging;

/// <summary>What the supervisor logs. Event ids from 400 on.</summary>
internal static partial class SupervisorLog
{
    [LoggerMessage(400, LogLevel.Error, "{What}; starting anew in {Milliseconds} ms. Connections wait in the queue.")]
    internal static partial void SupervisorRestarts(this ILogger logger, string what, long milliseconds);

    [LoggerMessage(401, LogLevel.Critical, "{What}; not starting anew after {Count} crashes in a row.")]
    internal static partial void SupervisorGivesUp(this ILogger logger, string what, int count);

    [LoggerMessage(402, LogLevel.Critical, "{What}; it never served and is not started anew.")]
    internal static partial void SupervisorNeverServed(this ILogger logger, string what);

    [LoggerMessage(403, LogLevel.Warning, "The main process crashed during a restart; its new generation, process {ProcessId}, carries on.")]
    internal static partial void SupervisorFollows(this ILogger logger, int processId);

    [LoggerMessage(404, LogLevel.Warning, "Process {ProcessId} is ready after process {MainProcessId} was started in its place; stopping it.")]
    internal static partial void SupervisorRefuses(this ILogger logger, int processId, int mainProcessId);
}
