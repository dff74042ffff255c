using Microsoft.Extensions.Logging;

namespace Endless.Http.Proxying;

/// <summary>What a reverse proxy logs. Event ids from 900 on.</summary>
internal static partial class ProxyLog
{
    [LoggerMessage(901, LogLevel.Warning, "{Request} was answered with {Status}: {Reason}")]
    internal static partial void NotPassedOn(this ILogger logger, Exception? exception, string request, int status, string reason);

    [LoggerMessage(902, LogLevel.Warning, "{Request}: the response of {Destination} was cut short after its head.")]
    internal static partial void CutShort(this ILogger logger, Exception exception, string request, Uri destination);

    [LoggerMessage(903, LogLevel.Warning, "{Destination} is left out for {Milliseconds} ms: it could not be connected to.")]
    internal static partial void LeftOut(this ILogger logger, Uri destination, long milliseconds);
}
