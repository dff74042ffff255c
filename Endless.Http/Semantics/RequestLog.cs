using Microsoft.Extensions.Logging;

namespace Endless.Http.Semantics;

/// <summary>The events of <see cref="ProtocolLog"/> that are about one request: each takes its method, path and route from it.</summary>
internal static class RequestLog
{
    public static void HandlerFailed(this ILogger logger, Request request, long connectionId, Exception exception) =>
        logger.HandlerFailed(request.LoggedMethod, request.LoggedPath, request.Pattern, connectionId, exception);

    public static void HandlerGaveUp(this ILogger logger, Request request, long connectionId, Exception exception)
    {
        if (logger.IsEnabled(LogLevel.Debug)) logger.HandlerGaveUp(request.LoggedMethod, request.LoggedPath, request.Pattern, connectionId, exception);
    }

    public static void RequestRefused(this ILogger logger, Request request, long connectionId, int status, string reason)
    {
        if (logger.IsEnabled(LogLevel.Debug)) logger.ReadRequestRefused(request.LoggedMethod, request.LoggedPath, request.Pattern, connectionId, status, reason);
    }

    public static void SuperfluousWriteHeader(this ILogger logger, int ignored, Request request, int status) =>
        logger.SuperfluousWriteHeader(ignored, request.LoggedMethod, request.LoggedPath, request.Pattern, status);

    public static void InvalidContentLength(this ILogger logger, Request request) =>
        logger.InvalidContentLength(request.LoggedMethod, request.LoggedPath, request.Pattern);

    public static void ForbiddenTrailer(this ILogger logger, Request request, string name) =>
        logger.ForbiddenTrailer(request.LoggedMethod, request.LoggedPath, request.Pattern, name);

    public static void ShortBody(this ILogger logger, Request request, long declared, long written) =>
        logger.ShortBody(request.LoggedMethod, request.LoggedPath, request.Pattern, declared, written);

    public static void LongBody(this ILogger logger, Request request, long declared) =>
        logger.LongBody(request.LoggedMethod, request.LoggedPath, request.Pattern, declared);

    public static void CancellationCallbackFailed(this ILogger logger, Request request, long connectionId, Exception exception) =>
        logger.CancellationCallbackFailed(request.LoggedMethod, request.LoggedPath, request.Pattern, connectionId, exception);

    public static void RequestUsedLate(this ILogger logger, string member, Request request, long connectionId) =>
        logger.RequestUsedLate(member, request.LoggedMethod, request.LoggedPath, request.Pattern, connectionId);

    public static void OverlapRefused(this ILogger logger, string member, Request request, long connectionId) =>
        logger.OverlapRefused(member, request.LoggedMethod, request.LoggedPath, request.Pattern, connectionId);

    public static void CallbackFailed(this ILogger logger, string member, Request request, Exception exception) =>
        logger.CallbackFailed(member, request.LoggedMethod, request.LoggedPath, request.Pattern, exception);

    public static void FileFailed(this ILogger logger, Request request, Exception exception) =>
        logger.FileFailed(request.LoggedMethod, request.LoggedPath, request.Pattern, exception.Message);

    public static void DisposeFailed(this ILogger logger, string type, Request request, Exception exception) =>
        logger.DisposeFailed(type, request.LoggedMethod, request.LoggedPath, request.Pattern, exception);
}
