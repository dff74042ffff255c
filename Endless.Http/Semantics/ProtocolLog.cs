using Microsoft.Extensions.Logging;

namespace Endless.Http.Semantics;

/// <summary>
/// What the protocol engines log. What a client does is not logged above debug, and never its bytes. What is logged of a request
/// names its method, path and route, in the text and as properties of these names, so that a failure is found by its route without reading text; <see cref="RequestLog"/> takes them from the request. Event ids from 50 on.
/// </summary>
internal static partial class ProtocolLog
{
    [LoggerMessage(50, LogLevel.Error, "The handler of {Method} {Path} (route \"{Route}\") on connection {ConnectionId} failed.")]
    public static partial void HandlerFailed(this ILogger logger, string method, string path, string route, long connectionId, Exception exception);

    [LoggerMessage(51, LogLevel.Debug, "The handler of {Method} {Path} (route \"{Route}\") on connection {ConnectionId} gave up because its client did.")]
    public static partial void HandlerGaveUp(this ILogger logger, string method, string path, string route, long connectionId, Exception exception);

    [LoggerMessage(52, LogLevel.Debug, "What came on connection {ConnectionId} is refused with {Status}: {Reason}.")]
    public static partial void RequestRefused(this ILogger logger, long connectionId, int status, string reason);

    [LoggerMessage(62, LogLevel.Debug, "{Method} {Path} (route \"{Route}\") on connection {ConnectionId} is refused with {Status}: {Reason}.")]
    public static partial void ReadRequestRefused(this ILogger logger, string method, string path, string route, long connectionId, int status, string reason);

    [LoggerMessage(53, LogLevel.Warning, "WriteHeader({Ignored}) of {Method} {Path} (route \"{Route}\") is ignored: its handler already chose status {Status}.")]
    public static partial void SuperfluousWriteHeader(this ILogger logger, int ignored, string method, string path, string route, int status);

    [LoggerMessage(54, LogLevel.Warning, "The Content-Length that the handler of {Method} {Path} (route \"{Route}\") set is ignored: it must be one number of bytes in decimal digits.")]
    public static partial void InvalidContentLength(this ILogger logger, string method, string path, string route);

    [LoggerMessage(55, LogLevel.Warning, "A trailer field that the handler of {Method} {Path} (route \"{Route}\") set is left out: {Name} may not stand in a trailer section (RFC 9110 section 6.5.1).")]
    public static partial void ForbiddenTrailer(this ILogger logger, string method, string path, string route, string name);

    [LoggerMessage(56, LogLevel.Warning, "The handler of {Method} {Path} (route \"{Route}\") declared {Declared} bytes of body and wrote {Written}: the client sees that the answer is not whole.")]
    public static partial void ShortBody(this ILogger logger, string method, string path, string route, long declared, long written);

    [LoggerMessage(61, LogLevel.Warning, "The handler of {Method} {Path} (route \"{Route}\") declared {Declared} bytes of body and wrote more: that write was refused, and the connection is not used again.")]
    public static partial void LongBody(this ILogger logger, string method, string path, string route, long declared);

    [LoggerMessage(57, LogLevel.Error, "A callback of the cancellation of {Method} {Path} (route \"{Route}\") on connection {ConnectionId} failed.")]
    public static partial void CancellationCallbackFailed(this ILogger logger, string method, string path, string route, long connectionId, Exception exception);

    [LoggerMessage(58, LogLevel.Error, "{Member} was refused: {Method} {Path} (route \"{Route}\") on connection {ConnectionId} is over, since its handler has returned. Later calls are refused without a word here. Await everything that uses a request or its response before the handler returns.")]
    public static partial void RequestUsedLate(this ILogger logger, string member, string method, string path, string route, long connectionId);

    [LoggerMessage(60, LogLevel.Error, "{Member} was called for {Method} {Path} (route \"{Route}\") on connection {ConnectionId} while another of its kind was under way, and was refused. Await each before the next.")]
    public static partial void OverlapRefused(this ILogger logger, string member, string method, string path, string route, long connectionId);

    [LoggerMessage(63, LogLevel.Error, "A callback that was registered by {Member} of {Method} {Path} (route \"{Route}\") failed.")]
    public static partial void CallbackFailed(this ILogger logger, string member, string method, string path, string route, Exception exception);

    [LoggerMessage(64, LogLevel.Error, "The {Type} that was registered by RegisterForDispose of {Method} {Path} (route \"{Route}\") could not be disposed of.")]
    public static partial void DisposeFailed(this ILogger logger, string type, string method, string path, string route, Exception exception);

    [LoggerMessage(65, LogLevel.Error, "A file that the handler of {Method} {Path} (route \"{Route}\") sends could not be sent to its end, and the client sees that the answer is not whole: {Reason}")]
    public static partial void FileFailed(this ILogger logger, string method, string path, string route, string reason);

    [LoggerMessage(59, LogLevel.Error, "The engine of connection {ConnectionId} failed. This is a bug of the server.")]
    public static partial void EngineFailed(this ILogger logger, long connectionId, Exception exception);
}
