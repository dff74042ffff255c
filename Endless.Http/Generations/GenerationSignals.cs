using Endless.Http.Signals;
using Endless.Http.Spawning;

namespace Endless.Http.Generations;

/// <summary>The signals of a generation's process, on their way to its machine. Thread-safe.</summary>
internal sealed class GenerationSignals
{
    private readonly SignalEvents _events;
    private readonly SignalDispatcher _dispatcher;

    /// <param name="context">The generation.</param>
    /// <param name="isProcess">It is the process's one generation, which a terminal may have started.</param>
    internal GenerationSignals(GenerationContext context, bool isProcess)
    {
        _events = new SignalEvents(context.Shell.PostAndWait);
        _dispatcher = new SignalDispatcher(
            () => context.Members.SignalHooks, _events.Act, () => context.Logger, () => context.Members.StartTimeout, isProcess ? new Terminal(OutlivesTerminal(context)) : null);
        if (isProcess) PoolThreads.Reserve();
        // Before the application starts a thread or a subprocess, which would get this thread's mask.
        if (isProcess && context.Continues) _dispatcher.Hold();
    }

    /// <inheritdoc cref="SignalDispatcher.Listen"/>
    internal void Listen() => _dispatcher.Listen();

    /// <summary>Gives the signals back to their default actions.</summary>
    /// <param name="butHangUp">Not so SIGHUP.</param>
    internal void StopListening(bool butHangUp) => _dispatcher.StopListening(but: butHangUp ? HandledSignal.SIGHUP : null);

    /// <summary>Leaves the signals that stop to a host in this process, which has its own handlers for them. What they mean to the neighbours it says by <see cref="Stop"/>.</summary>
    internal void LeaveStops() => _dispatcher.Leave(HandledSignal.SIGTERM, HandledSignal.SIGINT);

    /// <summary>Stops as SIGTERM does, but for the hooks, and returns when this process's machine has taken it: the service is meant, not this process alone.</summary>
    internal void Stop() => _events.Act(HandledSignal.SIGTERM);

    /// <summary>Restarts as SIGHUP does, hooks and all, by an attempt that begins after this call.</summary>
    internal Task<RestartResult> RestartAsync()
    {
        var restart = _events.ExpectRestart();
        _dispatcher.Post(HandledSignal.SIGHUP);
        return restart;
    }

    /// <summary>Whoever started the first generation had SIGHUP ignored. Each later one is told: its own dispositions are the defaults.</summary>
    private static bool OutlivesTerminal(GenerationContext context)
    {
        var told = context.Host.TakeVariable(RestartVariables.NoHangUp) != null;
        var outlives = context.Continues ? told : SignalDispatcher.IsHangUpIgnored;
        if (outlives) context.Host.PassOnVariable(RestartVariables.NoHangUp, "1");
        return outlives;
    }
}
