using Endless.Http.Generations;

namespace Endless.Http.Tests.Simulation;

/// <summary>
/// Plays the moves of a family: what reaches a process and in which order. What the machine says then is done by <see cref="Shell"/>; what must hold is in <see cref="Judge"/>.
/// One thread; nothing in it outlives a move but the family.
/// </summary>
internal sealed class World
{
    private readonly Rules _rules;

    public World(Rules rules, Family family)
    {
        (_rules, Family) = (rules, family);
        Shell = new Shell(rules, this);
        Judge = new Judge(rules, this);
    }

    public Family Family { get; }

    public Shell Shell { get; }

    public Judge Judge { get; }

    /// <summary>The first promise that was broken.</summary>
    public string? Broken { get; private set; }

    public void Break(string promise) => Broken ??= promise;

    /// <summary>Another family is looked at.</summary>
    public void Forgive() => Broken = null;

    /// <summary>Makes a move and looks whether all holds.</summary>
    public void Play(Move move)
    {
        Judge.Before();
        Carry(move);
        Judge.After(move);
    }

    private void Carry(Move move)
    {
        int p = move.Process;
        ref var member = ref Family.Members[p];
        ref var common = ref Family.Common;
        switch (move.Kind)
        {
            case Kind.GoOn: Shell.GoOn(p); break;
            case Kind.HandleSignal: HandleSignal(p, move.Argument); break;
            case Kind.ReadUp: Reading.Up(this, p); break;
            case Kind.SeeExit: Reading.Exit(this, p); break;
            case Kind.ReadDown: Reading.Down(this, p); break;
            case Kind.Time:
                member.Timers &= (byte)~(1 << move.Argument);
                Tell(p, Happenings.Of((GenerationTimer)move.Argument));
                break;
            case Kind.StateGiven or Kind.StateRefused:
                if (move.Kind == Kind.StateRefused) common.Faults--;
                member.News &= ~News.Asked;
                Tell(p, move.Kind == Kind.StateGiven ? Happening.StateGiven : Happening.StateRefused);
                break;
            case Kind.SpawnDone or Kind.SpawnRogue: Spawn(p, isRogue: move.Kind == Kind.SpawnRogue); break;
            case Kind.SpawnFails:
                if (Family.FreePlace() >= 0) common.Faults--;
                member.News &= ~News.Spawning;
                Tell(p, Happening.SpawnFailed);
                break;
            case Kind.TellSpawned: member.News &= ~News.Spawned; Tell(p, Happening.SuccessorSpawned); break;
            case Kind.Accept: (member.App, member.Traits, member.News) = (App.Runs, member.Traits | Traits.Accepting, member.News | News.Accepts); break;
            case Kind.TellAccept: member.News &= ~News.Accepts; Tell(p, Happening.ServersAccept); break;
            case Kind.TellStop: member.News &= ~News.Stops; Tell(p, Happening.ServersStop); break;
            case Kind.RequestEnds: common.Busy &= (byte)~move.Argument; break;
            case Kind.ConnectionEnds: member.Held &= (byte)~move.Argument; common.Open &= (byte)~move.Argument; break;
            case Kind.ServersEnd: member.App = App.Ended; Shell.GiveNothingMore(ref member); Tell(p, Happening.ServersEnded); break;
            case Kind.Exit: Die(p); break;
            case Kind.Give: Shell.Give(p); break;
            case Kind.TellIdle: member.News &= ~News.IdleDone; Tell(p, Happening.IdleHandedOver); break;
            case Kind.HammerTime: member.Traits |= Traits.Hammered; break;
            case Kind.Thaw: member.Traits &= ~Traits.Frozen; break;
            case Kind.StartFails: Sicken(ref member, App.Fails); Tell(p, Happening.StartFailed); break;
            case Kind.StartExits: Sicken(ref member, App.Fails); break;
            case Kind.StartHangs: Sicken(ref member, App.Hangs); break;
            default: Outside.Carry(this, move); break;
        }

        void Sicken(ref Member member, App app)
        {
            Family.Common.Faults--;
            (member.App, member.Traits) = (app, member.Traits | Traits.Sick);
        }
    }

    /// <summary>Something happens to a process, in its turn.</summary>
    public void Tell(int p, Happening happening) => Shell.Step(p, happening);

    public bool IsInCharge(int p) => _rules.States[Family.Members[p].State].IsInCharge;

    public bool IsServing(int p) => _rules.States[Family.Members[p].State].Own is OwnPhase.Starting or OwnPhase.Serving;

    /// <summary>Its successor is to be killed.</summary>
    public bool IsEnding(int p) => _rules.States[Family.Members[p].State].Successor == SuccessorPhase.Ending;

    /// <summary>It has left the service to its successor.</summary>
    public bool HasLeft(int p) => _rules.States[Family.Members[p].State].Successor == SuccessorPhase.InCharge;

    /// <summary>A process closes connections that it reads no more: they end, but for those that another has.</summary>
    public void Close(int connections)
    {
        foreach (ref var member in Family.Members.AsSpan())
        {
            if (member.Life != Life.Living) continue;
            connections &= ~(member.Held | member.Sent);
            for (var down = member.Down; down != 0; down >>= 8)
                if ((Word)(down & 15) == Word.Batch) connections &= ~((int)(down >> 4) & 15);
        }
        Family.Common.Open &= (byte)~connections;
    }

    private void HandleSignal(int p, int signal)
    {
        ref var member = ref Family.Members[p];
        member.Signals &= (byte)~(1 << signal);
        switch (signal)
        {
            case Signals.Hup:
                if (member.Waiting < 3) member.Waiting++;
                Tell(p, Happening.RestartAsked);
                break;
            case Signals.Usr2: Tell(p, Happening.HammerAsked); break;
            default: Stop(p, signal == Signals.IntAgain ? Happening.StopAskedAgain : Happening.StopAsked); break;
        }
    }

    /// <summary>A stop of the service, unless it concerns a start only that the parent can do without, or a generation that has left the service, and nobody could know better.</summary>
    public void Stop(int p, Happening happening)
    {
        ref var member = ref Family.Members[p];
        var state = _rules.States[member.State];
        var isStart = (state.Own == OwnPhase.Starting || member.Is(Traits.Sick)) && state.Predecessor == PredecessorPhase.Serving && Family.Members[member.Parent].Life == Life.Living;
        // A program that stops itself on probation is one that its parent can do without.
        isStart |= happening == Happening.ServersStop && state.Predecessor is PredecessorPhase.Watching or PredecessorPhase.HandingOver
            && Family.Members[member.Parent].Life == Life.Living && (member.Is(Traits.Forgotten) || _rules.States[Family.Members[member.Parent].State].Successor != SuccessorPhase.InCharge);
        var hasLeft = state.Own == OwnPhase.Draining || state is { Own: OwnPhase.Ended, Successor: SuccessorPhase.InCharge };
        if (isStart) member.Traits |= Traits.Sick;
        else if (!hasLeft) Family.Common.MayBeDown = true;
        if (!isStart && !member.Is(Traits.UpTorn) && (!hasLeft || (member.Is(Traits.NamedWhenStopped) && HasService(member.Successor)))) member.Traits |= Traits.StopsService;
        member.Traits &= ~Traits.NamedWhenStopped;
        Tell(p, happening);
    }

    /// <summary>It can be told on behalf of its predecessor. A signal that waited for the whole life of the next generation came too late for anybody.</summary>
    private bool HasService(int p) => p != Member.Nobody && Family.Members[p].Life == Life.Living && !Family.Members[p].Is(Traits.DownTorn) && IsServing(p);

    private void Spawn(int p, bool isRogue)
    {
        ref var member = ref Family.Members[p];
        member.News = (member.News & ~News.Spawning) | News.Spawned;
        var place = Family.FreePlace();
        Family.Begin(_rules, place, (byte)p);
        member.Successor = (byte)place;
        if (!isRogue) return;
        Family.Common.Faults--;
        Family.Members[place].Traits |= Traits.Rogue | Traits.Sick;
    }

    /// <summary>A process ends, by itself or not: what it has said stays readable, what it has not read is gone with it.</summary>
    public void Die(int p)
    {
        ref var member = ref Family.Members[p];
        if (Family.Common.PidFile == p && member.App == App.Ended) Family.Common.PidFile = Member.Nobody;
        Family.Common.Open &= (byte)~member.Held;
        (member.Life, member.Down, member.Timers, member.Signals, member.News, member.Held, member.Sent, member.Deeds, member.Done) = (Life.Dead, 0, 0, 0, 0, 0, 0, 0, 0);
        (member.Waiting, member.State, member.Words, member.Successor, member.App) = (0, 0, 0, Member.Nobody, App.Boots);
        member.Traits &= Traits.Rogue | Traits.Sick | Traits.UpTorn | Traits.EndRead | Traits.ExitSeen | Traits.Forgotten | Traits.Closed;
        if (member.Parent == Member.Nobody || Family.Members[member.Parent].Life != Life.Living || member.Is(Traits.Forgotten)) (member.Up, member.Traits) = (0, 0);
    }
}
