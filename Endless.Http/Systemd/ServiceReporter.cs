using Endless.Http.Generations;
using Endless.Http.Spawning;

namespace Endless.Http.Systemd;

/// <summary>Keeps the service manager informed of a generation's life, if there is a manager that wants to know (<c>NOTIFY_SOCKET</c>). Thread-safe.</summary>
/// <remarks>
/// The old generation names the new one as the main process, since a manager listens to the main process only (<c>NotifyAccess=main</c>);
/// the new one speaks from then on.
/// </remarks>
internal sealed class ServiceReporter : IGenerationObserver
{
    /// <summary>How often a long step asks for more time, and how much it asks for: a process that is stuck stops asking.</summary>
    private static readonly TimeSpan ExtendPeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Extension = TimeSpan.FromSeconds(15);

    private readonly Generation _generation;
    private readonly SocketActivation _activation;
    private readonly ServiceManager _manager;
    private readonly TimeSpan? _watchdogInterval;
    private readonly Timer _extend;
    private volatile Func<string>? _step;
    private Watchdog? _watchdog;

    private ServiceReporter(ServiceManager manager, TimeSpan? watchdogInterval, Generation generation, SocketActivation activation)
    {
        _manager = manager;
        _watchdogInterval = watchdogInterval;
        _generation = generation;
        _activation = activation;
        _extend = new Timer(static reporter => ((ServiceReporter)reporter!).Extend(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Takes what the manager told this process out of its environment; the next generation is told the same. Null if there is no manager.</summary>
    internal static ServiceReporter? Create(Generation generation, SocketActivation activation)
    {
        var host = generation.Host;
        var socket = host.TakeVariable("NOTIFY_SOCKET", passOn: true);
        var watchdog = host.TakeVariable("WATCHDOG_USEC", passOn: true);
        var watchdogProcessId = host.TakeVariable("WATCHDOG_PID");
        if (string.IsNullOrEmpty(socket)) return null;
        var interval = Watchdog.Interval(watchdog, watchdogProcessId, host.ProcessId, out var wrong);
        if (wrong != null) activation.Complain(wrong);
        var notifier = Notifier.Open(socket, out wrong);
        if (wrong != null) activation.Complain(wrong);
        return notifier is null ? null : new ServiceReporter(new ServiceManager(notifier, () => generation.Logger), interval, generation, activation);
    }

    public void InCharge(bool announced)
    {
        if (announced) _manager.Status(Serving);
        else if (_generation.Info.Number == 1) _manager.Ready(Serving);
        else _manager.ReadyAsMain(Environment.ProcessId, Serving);
        foreach (var server in _generation.Sockets.Dropped)
            _manager.Forget(SocketActivation.StoreName(server));
        foreach (var name in _activation.DropStored())
            _manager.Forget(name);
        // What a socket unit or the store gave is in the manager's care already.
        foreach (var listener in _generation.Sockets.Listeners.Where(listener => !_activation.IsActivated(listener.Address)))
            Store(listener);
        if (_watchdogInterval is { } interval)
            _watchdog = Watchdog.Start(interval, _generation.Loops.Loops, _manager.Ping, () => _generation.Logger);
    }

    public void RestartBegan()
    {
        _manager.Reloading($"{Serving}; restarting");
        Begin(() => $"{Serving}; restarting");
    }

    /// <summary>The manager waits for an answer to each reload that it asked for.</summary>
    public void RestartRefused() => RestartBegan();

    public void SuccessorStarted(int number, int processId) => Begin(() => $"{Serving}; generation {number} (pid {processId}) is starting");

    public void RestartFailed(string reason)
    {
        End();
        _manager.Ready($"{Serving}; the last restart failed: {reason}");
    }

    public void SuccessorTookOver(int number, int processId)
    {
        End();
        _watchdog?.Dispose();
        _manager.HandOver(processId, $"Generation {number} serves");
    }

    public void Stopping()
    {
        _manager.Stopping(Draining);
        Begin(() => Draining);
        Extend();
    }

    public void Ended()
    {
        End();
        _watchdog?.Dispose();
    }

    private void Store(ListenerDescriptor listener)
    {
        // Descriptor reuse: a stop may close it, and a client's connection get its number.
        if (!listener.TryEnter()) return;
        try
        {
            _manager.Store(SocketActivation.StoreName(listener.Server), listener.Descriptor);
        }
        finally
        {
            listener.Leave();
        }
    }

    private string Serving => $"Generation {_generation.Info.Number} serves {string.Join(", ", _generation.Sockets.Listeners.Select(listener => listener.Address))}";

    private string Draining => string.Join("; ", [$"Stopping; {_generation.Figures.Connections} connection(s) left",
        .. _generation.Figures.Servers.Where(server => server.Awaited != null).Select(server => $"{server.Address}: {server.Awaited}")]);

    private void Begin(Func<string> step)
    {
        _step = step;
        _extend.Change(ExtendPeriod, ExtendPeriod);
    }

    private void End()
    {
        _step = null;
        _extend.Change(Timeout.Infinite, Timeout.Infinite);
    }

    private void Extend()
    {
        if (_step is { } step) _manager.ExtendTimeout(Extension, step());
    }
}
