using Microsoft.Extensions.Logging;

namespace Endless.Http.Diagnostics;

/// <summary>What the supervisor logs. Event ids from 400 on.</summary>
internal static partial class SupervisorLog
{
    [LoggerMessage(400, LogLevel.Error, "Process {ProcessId} {End}; starting anew in {Milliseconds} ms. Connections wait in the queue.")]
    internal static partial void SupervisorRestarts(this ILogger logger, int processId, string end, long milliseconds);

    [LoggerMessage(401, LogLevel.Critical, "Process {ProcessId} {End} and is not started anew: it never served, or not for five starts in a row.")]
    internal static partial void SupervisorGivesUp(this ILogger logger, int processId, string end);

    [LoggerMessage(402, LogLevel.Critical, "Cannot start the program: {Reason}.")]
    internal static partial void SupervisorCannotStart(this ILogger logger, string reason);
}
