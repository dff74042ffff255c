using Microsoft.Extensions.Logging;

namespace Endless.Http.AspNetCore.Features;

/// <summary>What the log says of an application's requests.</summary>
internal static partial class ApplicationLog
{
    [LoggerMessage(13, LogLevel.Error, "The application failed to answer {Request} on connection {ConnectionId}: an exception was not handled.", EventName = "ApplicationError")]
    public static partial void ApplicationFailed(this ILogger logger, string connectionId, string request, Exception exception);

    [LoggerMessage(17, LogLevel.Debug, "The request {Request} on connection {ConnectionId} could not be read, or its client is gone.", EventName = "ConnectionBadRequest")]
    public static partial void RequestRejected(this ILogger logger, string connectionId, string request, Exception exception);
}
