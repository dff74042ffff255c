using Endless.Http.Logging;
using Endless.Http.Spawning;
using Endless.Http.Systemd;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Supervision;

/// <summary>
/// The service manager that started the supervisor (systemd, <c>podman --sdnotify=container</c>), if one did. It hears what the main process says of the service; to it, the
/// supervisor is the main process, and only that speaks.
/// </summary>
internal sealed class OutsideManager
{
    private readonly ILogger _log;
    private readonly Notifier? _notifier;
    private bool _complained;

    /// <summary>Takes what it said to the supervisor out of the environment.</summary>
    internal OutsideManager(IProcessHost host, ILogger log)
    {
        _log = log;
        var socket = host.TakeVariable("NOTIFY_SOCKET");
        var watchdog = host.TakeVariable("WATCHDOG_USEC");
        var watchdogProcessId = host.TakeVariable("WATCHDOG_PID");
        if (string.IsNullOrEmpty(socket)) return;
        _notifier = Notifier.Open(socket, out var wrong);
        if (wrong != null) _log.ServiceManagerComplaint(wrong);
        if (_notifier is null) return;
        if (Watchdog.Interval(watchdog, watchdogProcessId, host.ProcessId, out wrong) is not null) WatchdogInterval = watchdog;
        if (wrong != null) _log.ServiceManagerComplaint(wrong);
    }

    /// <summary>The WATCHDOG_USEC that the generations are to ping by; null if no signs of life are wanted.</summary>
    internal string? WatchdogInterval { get; }

    /// <summary>Tells it. That it cannot be told is logged once.</summary>
    internal void Tell(string assignments)
    {
        if (_notifier?.Send(assignments) is not { } failure || _complained) return;
        _complained = true;
        _log.NotifyFailed(_notifier.Name, failure);
    }
}
