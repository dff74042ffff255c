using Microsoft.Extensions.Logging;

namespace Endless.Http.Logging;

/// <summary>What the restart code logs. Event ids from 100 on.</summary>
internal static partial class RestartLog
{
    [LoggerMessage(100, LogLevel.Information, "Restarting: generation {Generation} started as pid {ProcessId}; this one serves on until it is ready.")]
    internal static partial void RestartStarted(this ILogger logger, int generation, int processId);

    [LoggerMessage(101, LogLevel.Information, "Generation {Generation} (pid {ProcessId}) was ready after {Milliseconds} ms: this one has stopped accepting and finishes what it has.")]
    internal static partial void RestartReady(this ILogger logger, int generation, int processId, long milliseconds);

    [LoggerMessage(102, LogLevel.Error, "Restart failed: {Reason}. This generation serves on; SIGHUP tries again.")]
    internal static partial void RestartFailed(this ILogger logger, string reason);

    [LoggerMessage(126, LogLevel.Warning, "Restart given up: {Reason}.")]
    internal static partial void RestartAbandoned(this ILogger logger, string reason);

    [LoggerMessage(103, LogLevel.Warning, "Not restarting: {Reason}.")]
    internal static partial void RestartRefused(this ILogger logger, string reason);

    [LoggerMessage(104, LogLevel.Debug, "Generation {Generation} (pid {ProcessId}) speaks version {Version} of the control protocol.")]
    internal static partial void SuccessorGreeted(this ILogger logger, int generation, int processId, int version);

    [LoggerMessage(105, LogLevel.Error, "Generation {Generation}, which had taken over, is gone: {End}.")]
    internal static partial void SuccessorEnded(this ILogger logger, int generation, string end);

    [LoggerMessage(120, LogLevel.Warning, "Generation {Generation} (pid {ProcessId}), which has taken over, can no longer be understood ({Reason}): the connections that are left here stay to their end.")]
    internal static partial void SuccessorNotUnderstood(this ILogger logger, int generation, int processId, string reason);

    [LoggerMessage(127, LogLevel.Debug, "{Event}: {From} to {To}.")]
    internal static partial void GenerationMoved(this ILogger logger, object @event, object from, object to);

    [LoggerMessage(128, LogLevel.Critical, "{Action} failed, a fault of the server; the restart goes on without it.")]
    internal static partial void GenerationActionFailed(this ILogger logger, Exception exception, string action);

    [LoggerMessage(133, LogLevel.Error, "StateToNext failed: {Reason}.")]
    internal static partial void StateToNextFailed(this ILogger logger, string reason);

    [LoggerMessage(137, LogLevel.Error, "What \"{Name}\" leaves for the next generation (PassOn) is not passed on: {Reason}.")]
    internal static partial void PassOnFailed(this ILogger logger, Exception? exception, string name, string reason);

    [LoggerMessage(134, LogLevel.Warning, "Generation {Generation} (pid {ProcessId}) was told to stop, and so this one stops too: the service ends.")]
    internal static partial void SuccessorStops(this ILogger logger, int generation, int processId);

    [LoggerMessage(135, LogLevel.Warning, "The process before this one was told to stop, and so this one stops too: the service ends.")]
    internal static partial void PredecessorStops(this ILogger logger);

    [LoggerMessage(132, LogLevel.Error, "A {Event} callback has not returned for {Seconds} s and is not waited for any longer.")]
    internal static partial void CallbackAbandoned(this ILogger logger, string @event, long seconds);

    [LoggerMessage(130, LogLevel.Warning, "{Count} of {Of} connection(s) that the generation before handed over were not taken, and stay there: {Reason}.")]
    internal static partial void ConnectionsRefused(this ILogger logger, int count, int of, string reason);

    [LoggerMessage(136, LogLevel.Error, "Generation {Generation} (pid {ProcessId}) did not answer for {Count} connection(s) that it was given, and cannot be spoken with any more: they are closed here, since it, or a generation after it, may serve them.")]
    internal static partial void UnansweredAbandoned(this ILogger logger, int generation, int processId, int count);

    [LoggerMessage(131, LogLevel.Error, "Generation {Generation} (pid {ProcessId}) can no longer be understood ({Reason}): it is not listened to any more, and keeps the connections that it has.")]
    internal static partial void PredecessorNotUnderstood(this ILogger logger, int generation, int processId, string reason);

    [LoggerMessage(121, LogLevel.Information, "{Address}: handed over {Count} open connection(s).")]
    internal static partial void HandedOver(this ILogger logger, string address, int count);

    [LoggerMessage(106, LogLevel.Warning, "Inherited from the process before this one: {Complaint}.")]
    internal static partial void InheritanceBroken(this ILogger logger, string complaint);

    [LoggerMessage(108, LogLevel.Information, "{Address} is no longer served: no server of this generation asked for it.")]
    internal static partial void AddressDropped(this ILogger logger, string address);

    [LoggerMessage(109, LogLevel.Information, "Received {Signal}.")]
    internal static partial void SignalReceived(this ILogger logger, string signal);

    [LoggerMessage(110, LogLevel.Information, "{Signal} noted: {Reason}.")]
    internal static partial void SignalNoted(this ILogger logger, string signal, string reason);

    [LoggerMessage(129, LogLevel.Information, "This process stays in the foreground of its terminal until the generations after it have ended.")]
    internal static partial void StaysInForeground(this ILogger logger);

    [LoggerMessage(111, LogLevel.Error, "A {Phase} hook of {Signal} failed; what the signal does is done all the same.")]
    internal static partial void HookFailed(this ILogger logger, Exception exception, string phase, string signal);

    [LoggerMessage(122, LogLevel.Error, "A {Phase} hook of {Signal} has not returned for {Seconds} s and is not waited for any longer; what the signal does is done all the same.")]
    internal static partial void HookAbandoned(this ILogger logger, string phase, string signal, long seconds);

    [LoggerMessage(123, LogLevel.Warning, "Warm-up: {Target} was answered with {Status}.")]
    internal static partial void WarmUpFailed(this ILogger logger, string target, int status);

    [LoggerMessage(124, LogLevel.Error, "A {Event} callback failed.")]
    internal static partial void RestartEventFailed(this ILogger logger, Exception exception, string @event);

    [LoggerMessage(125, LogLevel.Debug, "The rehearsal of a restart failed; the restart goes on without.")]
    internal static partial void RehearsalFailed(this ILogger logger, Exception exception);

    [LoggerMessage(140, LogLevel.Warning, "Cannot write the pid file {Path}: {Reason}. The server serves without it.")]
    internal static partial void PidFileFailed(this ILogger logger, string path, string reason);

    [LoggerMessage(141, LogLevel.Information, "The pid file {Path} was left over by process {ProcessId}, which is gone: replaced.")]
    internal static partial void PidFileStale(this ILogger logger, string path, string processId);

    [LoggerMessage(143, LogLevel.Warning, "The pid file {Path} cannot be locked ({Reason}): whether another instance runs is judged by whether the process named in it lives.")]
    internal static partial void PidFileUnlocked(this ILogger logger, string path, string reason);

    [LoggerMessage(142, LogLevel.Warning, "Cannot take restarts at {Path}: {Reason}. SIGHUP works all the same.")]
    internal static partial void RestartSocketFailed(this ILogger logger, string path, string reason);

    [LoggerMessage(112, LogLevel.Warning, "The process before this one is gone: nobody is told that this one is ready. It serves on alone.")]
    internal static partial void PredecessorGone(this ILogger logger);

    [LoggerMessage(113, LogLevel.Information, "Generation {Generation} (pid {ProcessId}) has finished.")]
    internal static partial void PredecessorFinished(this ILogger logger, int generation, int processId);
}
