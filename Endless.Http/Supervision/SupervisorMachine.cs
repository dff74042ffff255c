using Endless.Http.Signals;

namespace Endless.Http.Supervision;

/// <summary>
/// What a supervisor does about what happens: (state, event) to (state, actions). Pure: no clock, no process, no descriptor. <see cref="Supervisor"/> feeds it and carries
/// the actions out, in their order.
/// </summary>
internal sealed partial class SupervisorMachine
{
    /// <summary>How long a main process that another one says is gone may take to be gone: milliseconds.</summary>
    internal const long ClaimGrace = 1_000;

    /// <summary>How long the next generation may take to say that the main process died during the restart: milliseconds.</summary>
    internal const long CarryOnGrace = 2_000;

    /// <summary>How long a generation may take to say that it has heard a Ctrl+C: milliseconds.</summary>
    internal const long TypedGrace = 3_000;

    /// <summary>The exit code of a shell that cannot execute a program (POSIX, 2.8.2).</summary>
    internal const int CannotExecute = 126;

    private readonly List<SupervisorAction> _actions = [];
    private readonly long _now;
    private SupervisorState _state;

    private SupervisorMachine(SupervisorState state, long now) => (_state, _now) = (state, now);

    /// <summary>The state after an event, and what is to be done.</summary>
    internal static (SupervisorState State, IReadOnlyList<SupervisorAction> Actions) Step(SupervisorState state, SupervisorEvent happened, long now)
    {
        var machine = new SupervisorMachine(state, now);
        switch (happened)
        {
            case SupervisorEvent.Signal signal: machine.OnSignal(signal.Value, signal.IsTyped); break;
            case SupervisorEvent.Message message: machine.OnMessage(message.Sender, message.Said); break;
            case SupervisorEvent.Ended ended: machine.OnEnded(ended); break;
            case SupervisorEvent.Started started: machine.OnStarted(started.ProcessId); break;
            case SupervisorEvent.StartFailed failed: machine.OnCrash(failed.Reason, CannotExecute, TimeSpan.Zero); break;
            case SupervisorEvent.Time: machine.OnTime(); break;
        }
        return (machine._state, machine._actions);
    }

    private void OnSignal(HandledSignal signal, bool isTyped)
    {
        switch (signal)
        {
            case HandledSignal.SIGTERM or HandledSignal.SIGINT:
                OnStop(signal, isTyped);
                break;
            case HandledSignal.SIGUSR2:
                // Each that drains is to end now, since the container ends only with the last of them.
                foreach (var id in _state.Generations)
                    if (id != _state.Main || _state.CanSignalMain) Send(id, signal);
                break;
            case HandledSignal.SIGHUP when !_state.CanSignalMain:
                // Kept for later: the program may be starting from what the restart is to replace.
                _state = _state with { RestartWhenReady = _state.Stop is null };
                break;
            default:
                if (_state.CanSignalMain && !isTyped) Send(_state.Main, signal);
                break;
        }
    }

    private void OnStop(HandledSignal signal, bool isTyped)
    {
        if (_state.Stop is not null)
        {
            // A second stop goes to all that are left; a typed one has reached them already.
            if (!isTyped) Stop(_state.Generations, signal);
            return;
        }
        Do(new SupervisorAction.Tell("STOPPING=1"));
        _state = _state with { Stop = signal };
        if (_state.Main == 0)
        {
            End(0); // between a crash and the next start
            Stop(_state.Generations, signal);
        }
        else if (isTyped) _state = _state with { StopDue = _now + TypedGrace };
        else Send(_state.Main, signal);
        RefuseClaim();
    }

    private void OnTime()
    {
        if (_state.StartDue <= _now)
        {
            _state = _state with { StartDue = null };
            Do(new SupervisorAction.Start());
        }
        if (_state.StopDue <= _now)
        {
            _state = _state with { StopDue = null };
            Send(_state.Main, _state.Stop!.Value);
        }
        if (_state.ClaimDue <= _now)
        {
            Do(new SupervisorAction.LogRefused(_state.Claimant, _state.Main));
            RefuseClaim();
        }
    }

    private void Stop(IReadOnlyList<int> generations, HandledSignal signal)
    {
        _state = _state with { StopDue = null };
        foreach (var id in generations) Send(id, signal);
    }

    private void Send(int processId, HandledSignal signal) => Do(new SupervisorAction.Send(processId, signal));

    private void Do(SupervisorAction action) => _actions.Add(action);
}
