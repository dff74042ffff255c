using Endless.Http.Signals;
using Endless.Http.Systemd;

namespace Endless.Http.Supervision;

// Which generation is followed: what they say, how they end, and what is made of it.
internal sealed partial class SupervisorMachine
{
    private void OnMessage(int sender, ManagerMessage said)
    {
        if (sender != _state.Main)
        {
            // As systemd's NotifyAccess=main, but for a generation whose predecessor died before it could name it.
            if (said.MainProcessId > 0 && (said.MainProcessId == sender || sender == _state.Claimant)) OnClaim(sender, said.MainProcessId);
            return;
        }
        if (said.Relayed is { Length: > 0 } relayed) Do(new SupervisorAction.Tell(relayed));
        if (said.MainProcessId is > 0 and var next && next != sender) OnNamed(next);
        if (said.IsReady) OnReady();
        if (said.IsReloading) _state = _state with { IsRestarting = true };
        if (said.IsStopping)
        {
            _state = _state with { Phase = MainPhase.Stopping, StopDue = null };
            Do(new SupervisorAction.CloseListeners()); // clients are to be refused once it has closed its own, not to queue for nobody
        }
        if (said.Forget is { } forgotten) Do(new SupervisorAction.Forget(forgotten));
        if (said.Store is { } stored) Do(new SupervisorAction.Store(stored));
    }

    /// <summary>The main process has named the next one. The stop that came while the message was on its way has reached the old one only.</summary>
    private void OnNamed(int next)
    {
        Follow(next, _state.Phase == MainPhase.Starting ? MainPhase.Starting : MainPhase.Serving);
        if (_state is { Stop: { } stop, StopDue: null }) Send(next, stop);
    }

    private void OnReady()
    {
        if (_state.Phase == MainPhase.Starting)
            _state = _state with { Phase = MainPhase.Serving, ServingSince = _now, HasServed = true }; // from here on, however long the start took
        if (_state.RestartWhenReady && _state.Stop is null) Send(_state.Main, HandledSignal.SIGHUP);
        _state = _state with { RestartWhenReady = false, IsRestarting = false };
    }

    /// <summary>
    /// A generation says of itself that it is the main process: its predecessor died before it could. Race: the message may come before that end is seen, or after
    /// another was started.
    /// </summary>
    private void OnClaim(int sender, int claimant)
    {
        Add(claimant);
        if (_state.Claimant > 0 && _state.Claimant != sender) Send(_state.Claimant, HandledSignal.SIGTERM);
        _state = _state with { Claimant = claimant, ClaimDue = _now + ClaimGrace };
        if (_state.Stop is not null || _state.ExitCode is not null) RefuseClaim();
        else if (_state.Main == 0) TakeClaim();
    }

    private void TakeClaim()
    {
        Do(new SupervisorAction.LogFollowed(_state.Claimant));
        Follow(_state.Claimant, MainPhase.Starting);
        OnReady();
    }

    private void RefuseClaim()
    {
        if (_state.Claimant > 0) Send(_state.Claimant, _state.Stop ?? HandledSignal.SIGTERM);
        _state = _state with { Claimant = 0, ClaimDue = null };
    }

    private void OnStarted(int processId)
    {
        Follow(processId, MainPhase.Starting);
        if (_state.Stop is { } stop) Send(processId, stop);
    }

    private void OnEnded(SupervisorEvent.Ended ended)
    {
        var (was, phase) = (_state.Main, _state.Phase);
        _state = _state with { Generations = [.. _state.Generations.Where(id => id != ended.ProcessId)] };
        if (ended.ProcessId == _state.Claimant) _state = _state with { Claimant = 0, ClaimDue = null };
        if (ended.ProcessId != was || was == 0) return;
        _state = _state with { Main = 0, Phase = MainPhase.Starting, StopDue = null };
        // No status where its predecessor, which still drains, has reaped it; but it has said whether its end is in order.
        var status = ended.Status;
        var code = status.Status is null ? (phase == MainPhase.Stopping ? 0 : 1) : status.Code ?? 128 + status.Signal;
        if (_state.Stop is not null || phase == MainPhase.Stopping) End(code);
        else if (_state.Claimant > 0) TakeClaim();
        else if (code == 0) End(code);
        else OnCrash($"Process {was} {status}", code, TimeSpan.FromMilliseconds(phase == MainPhase.Serving ? _now - _state.ServingSince : 0));
    }

    private void OnCrash(string what, int code, TimeSpan served)
    {
        var policy = _state.Policy.Next(served);
        if (_state.HasServed && policy.Pause is { } pause)
        {
            // Its next generation serves already, on probation, or is about to: a third beside it would have to be stopped again.
            if (_state.IsRestarting) pause = TimeSpan.FromMilliseconds(CarryOnGrace);
            _state = _state with { Policy = policy, StartDue = _now + (long)pause.TotalMilliseconds, IsRestarting = false };
            Do(new SupervisorAction.LogCrash(what, pause));
            // With a sign of life, so that the new one has a whole watchdog interval to start in.
            Do(new SupervisorAction.Tell(NotifyMessage.WithStatus("WATCHDOG=1", $"{what}; starting anew")));
            return;
        }
        Do(new SupervisorAction.LogEnd(what, _state.HasServed));
        End(code);
    }

    /// <summary>There is to be no other main process.</summary>
    private void End(int code)
    {
        _state = _state with { ExitCode = _state.ExitCode ?? code, StartDue = null, RestartWhenReady = false };
        RefuseClaim();
    }

    private void Follow(int processId, MainPhase phase)
    {
        Add(processId);
        _state = _state with { Main = processId, Phase = phase, ServingSince = _now, StartDue = null };
        if (_state.Claimant == processId) _state = _state with { Claimant = 0, ClaimDue = null };
    }

    private void Add(int processId)
    {
        if (!_state.Generations.Contains(processId)) _state = _state with { Generations = [.. _state.Generations, processId] };
    }
}
