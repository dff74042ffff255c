using Endless.Http.Generations;

namespace Endless.Http.Tests.Simulation;

/// <summary>What is promised, looked at after every move and at rest.</summary>
internal sealed class Judge(Rules rules, World world)
{
    private bool _accepted;
    private int _alive;

    public void Before() => (_accepted, _alive) = (Count(out _, out _) > 0, Living());

    public void After(Move move)
    {
        ref var common = ref world.Family.Common;
        var accepting = Count(out var able, out _);
        if (accepting > 0) common.HasServed = true;
        if (able == 0 && !common.MayBeDown)
        {
            if (!IsNobodysFault(move)) world.Break("nobody can accept any more, and nobody has killed or stopped the service");
            common.MayBeDown = true;
        }
        if (_accepted && accepting == 0 && !common.MayBeDown && move.Kind is not (Kind.Kill or Kind.AppCloses or Kind.AppStops or Kind.RogueSays) && !TrustsSick(move.Process))
            world.Break("nobody accepts, though whoever did lives");
        if (common.Connections + common.Open != 0) CheckConnections(ref common, Living() < _alive);
    }

    /// <summary>The last that could accept is gone by what came from outside; or it left the service to one that is.</summary>
    private bool IsNobodysFault(Move move)
    {
        if (move.Kind is Kind.Kill or Kind.StartFails or Kind.StartExits or Kind.StartHangs or Kind.RogueSays or Kind.AppCloses or Kind.TearUp) return true;
        ref var member = ref world.Family.Members[move.Process];
        if (member.Life != Life.Living || member.Successor == Member.Nobody || rules.States[member.State].Successor != SuccessorPhase.InCharge) return false;
        ref var child = ref world.Family.Members[member.Successor];
        return child.Life == Life.Dead || child.Is(Traits.Rogue | Traits.Sick);
    }

    /// <summary>After a step of the machine, when all that it said is done.</summary>
    public void Settled(int p)
    {
        ref var member = ref world.Family.Members[p];
        var state = rules.States[member.State];
        if (state.Own != OwnPhase.Starting && member.App == App.Runs && member.Is(Traits.Accepting) != state.Accepts) world.Break("its servers do what its state does not say");
        if (member.Waiting > 0 && !state.RestartIsWanted) world.Break("a restart was asked for that neither begins nor is refused nor kept");
        if (member.Is(Traits.Attempt) != state.Successor is SuccessorPhase.Preparing or SuccessorPhase.Starting or SuccessorPhase.Watched or SuccessorPhase.TakingOver or SuccessorPhase.Ending)
            world.Break("a restart is under way without a beginning, or over without an answer");
    }

    /// <summary>Nothing happens any more by itself.</summary>
    public void AtRest()
    {
        var family = world.Family;
        ref var common = ref family.Common;
        for (var p = 0; p < family.Members.Length; p++)
        {
            ref var member = ref family.Members[p];
            if (member.Life != Life.Living || member.Is(Traits.Rogue)) continue;
            // One that hangs in its start and has lost its parent: nobody's child, and never a service.
            if (member.App == App.Hangs && family.Members[p].Is(Traits.ParentGone)) continue;
            if (p == 0 && member.App == App.Hangs) continue;
            if (common.StopIsDue) world.Break("a stop was forgotten");
            var state = rules.States[member.State];
            if (state.RestartIsWanted || member.Waiting > 0 || member.Is(Traits.Attempt)) world.Break("somebody waits for the answer to a restart, for ever");
            if (state.Successor is not (SuccessorPhase.None or SuccessorPhase.InCharge)) world.Break("a generation waits for its successor, for ever");
            if (state.Own != OwnPhase.Serving || !state.Accepts) world.Break("a generation that does not accept lives for ever");
            if (state.Predecessor is PredecessorPhase.Serving or PredecessorPhase.Watching or PredecessorPhase.HandingOver) world.Break("a generation waits for its predecessor, for ever");
            if (member.Is(Traits.Sick)) continue;
            if (common.PidFile != p) world.Break("the pid file does not name who serves");
            if (common.IsManaged && common.MainProcess != p) world.Break("the service manager does not know who serves");
        }
        var accepting = Count(out var able, out _);
        if (accepting > 1) world.Break("two accept for ever");
        if (accepting == 0 && (able > 0 || !common.MayBeDown)) world.Break("nobody accepts in the end");
    }

    private int Count(out int able, out int living)
    {
        var accepting = able = living = 0;
        foreach (ref var member in world.Family.Members.AsSpan())
        {
            if (member.Life == Life.None) break;
            if (member.Life != Life.Living) continue;
            living++;
            if (member.Is(Traits.Accepting)) accepting++;
            if (!member.Is(Traits.Rogue | Traits.Sick) && rules.States[member.State].Own is OwnPhase.Starting or OwnPhase.Serving) able++;
        }
        return accepting;
    }

    /// <summary>It left accepting to a successor that cannot any more, and does not know yet.</summary>
    private bool TrustsSick(int p)
    {
        var successor = world.Family.Members[p].Successor;
        return successor != Member.Nobody && (world.Family.Members[successor].Life == Life.Dead || world.Family.Members[successor].Is(Traits.Rogue | Traits.Sick));
    }

    private int Living()
    {
        var living = 0;
        foreach (ref var member in world.Family.Members.AsSpan())
            if (member.Life == Life.Living) living++;
        return living;
    }

    private void CheckConnections(ref Common common, bool death)
    {
        int read = 0, known = 0;
        foreach (ref var member in world.Family.Members.AsSpan())
        {
            if (member.Life != Life.Living) continue;
            if ((read & member.Held) != 0) world.Break("two read one connection");
            read |= member.Held;
            known |= member.Sent;
            for (var down = member.Down; down != 0; down >>= 8)
                if ((Word)(down & 15) == Word.Batch) known |= (int)(down >> 4) & 15;
        }
        if ((read & ~common.Open) != 0) world.Break("a connection goes on that a process had read that is dead");
        var lost = common.Open & ~(read | known);
        if (lost == 0) return;
        if (!death && !common.MayBeDown) world.Break("a connection is lost, and nobody died");
        common.Open &= (byte)~lost;
    }
}
