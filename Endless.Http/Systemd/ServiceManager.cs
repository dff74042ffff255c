using System.Globalization;
using Endless.Http.Logging;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Systemd;

/// <summary>
/// The service manager that started this process (systemd, or the supervisor of a container) as the server speaks to it. Says nothing
/// once it has named another main process: from then on that process speaks. Thread-safe.
/// </summary>
/// <remarks>That a message cannot be delivered is logged once, and does not keep the server from serving.</remarks>
internal sealed class ServiceManager(Notifier notifier, Func<ILogger> logger)
{
    private readonly Lock _lock = new();
    private bool _handedOver;
    private bool _complained;

    /// <summary>Every server accepts.</summary>
    internal void Ready(string status) => Send("READY=1", status);

    /// <summary>Every server accepts, in a process whose predecessor could not say so any more.</summary>
    internal void ReadyAsMain(int processId, string status) =>
        Send(string.Create(CultureInfo.InvariantCulture, $"MAINPID={processId}\nREADY=1"), status);

    /// <summary>A restart begins. The time lets systemd's <c>Type=notify-reload</c> tell this from an earlier one.</summary>
    internal void Reloading(string status) =>
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={Notifier.MonotonicMicroseconds}"), status);

    /// <summary>
    /// The next generation has taken over and is the main process now. One message, so that there is no moment in between; with a sign of
    /// life, so that the new process has a whole watchdog interval before its first.
    /// </summary>
    internal void HandOver(int processId, string status)
    {
        lock (_lock)
        {
            Send(string.Create(CultureInfo.InvariantCulture, $"MAINPID={processId}\nREADY=1\nWATCHDOG=1"), status);
            _handedOver = true;
        }
    }

    /// <summary>The service is about to end.</summary>
    internal void Stopping(string status) => Send("STOPPING=1", status);

    /// <summary>What goes on takes this much longer, counted from now.</summary>
    internal void ExtendTimeout(TimeSpan time, string status) =>
        Send(string.Create(CultureInfo.InvariantCulture, $"EXTEND_TIMEOUT_USEC={(long)time.TotalMicroseconds}"), status);

    /// <summary>What <c>systemctl status</c> shows.</summary>
    internal void Status(string status) => Send("", status);

    /// <summary>A sign of life.</summary>
    internal void Ping() => Send("WATCHDOG=1");

    /// <summary>Leaves a listening socket in the manager's care: it comes back by <see cref="SocketActivation"/> if this process dies. One that is there already is recognised.</summary>
    internal void Store(string name, int descriptor) => Send($"FDSTORE=1\nFDNAME={name}", [descriptor]);

    /// <summary>Takes back what was stored under a name.</summary>
    internal void Forget(string name) => Send($"FDSTOREREMOVE=1\nFDNAME={name}");

    private void Send(string assignments, string status) => Send(NotifyMessage.WithStatus(assignments, status));

    private void Send(string message, ReadOnlySpan<int> descriptors = default)
    {
        lock (_lock)
        {
            if (_handedOver || notifier.Send(message, descriptors) is not { } failure || _complained) return;
            _complained = true;
            logger().NotifyFailed(notifier.Name, failure);
        }
    }
}
