using Microsoft.Extensions.Logging;

namespace Endless.Http.Logging;

/// <summary>What is logged of the service manager. Event ids from 300 on.</summary>
internal static partial class SystemdLog
{
    [LoggerMessage(300, LogLevel.Warning, "Cannot tell the service manager at {Socket}: {Reason}. The server serves on.")]
    internal static partial void NotifyFailed(this ILogger logger, string socket, string reason);

    [LoggerMessage(301, LogLevel.Warning, "From the service manager: {Complaint}; ignored.")]
    internal static partial void ServiceManagerComplaint(this ILogger logger, string complaint);

    [LoggerMessage(302, LogLevel.Error, "{Missing} of {Count} event loop(s) did not answer within {Milliseconds} ms: the service manager gets no sign of life until they do.")]
    internal static partial void LoopsSilent(this ILogger logger, int missing, int count, long milliseconds);
}
