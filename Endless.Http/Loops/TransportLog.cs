using Microsoft.Extensions.Logging;

namespace Endless.Http.Loops;

/// <summary>What the transport logs.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(1, LogLevel.Information, "The handler blocks its thread: it runs on worker threads from now on, so that other requests do not wait for it.")]
    public static partial void HandlerBlocks(ILogger logger);

    [LoggerMessage(7, LogLevel.Information, "The handler of \"{Route}\" blocks its thread: it runs on worker threads from now on, so that other requests do not wait for it.")]
    public static partial void RouteBlocks(ILogger logger, string route);

    [LoggerMessage(5, LogLevel.Warning, "A handler blocks its thread, although SchedulingMode.Inline says that none does: the server's other requests wait for it. Use SchedulingMode.Auto.")]
    public static partial void TrustedHandlerBlocks(ILogger logger);

    [LoggerMessage(2, LogLevel.Warning, "Cannot accept on {Address}: {Reason}. Connections wait in the kernel's queue; next try in {Delay} ms.")]
    public static partial void AcceptFails(ILogger logger, string address, string reason, long delay);

    [LoggerMessage(3, LogLevel.Information, "Accepting on {Address} again.")]
    public static partial void AcceptsAgain(ILogger logger, string address);

    [LoggerMessage(6, LogLevel.Warning, "Cannot accept on {Address}: {Reason}. {Count} connection(s) that have waited longest for a request make room.")]
    public static partial void MakesRoom(ILogger logger, string address, string reason, long count);

    [LoggerMessage(4, LogLevel.Critical, "A protocol engine failed; its connection is closed. This is a fault of the server.")]
    public static partial void EngineFailed(ILogger logger, Exception exception);
}
