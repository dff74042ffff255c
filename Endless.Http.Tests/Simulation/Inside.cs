using Endless.Http.Generations;

namespace Endless.Http.Tests.Simulation;

/// <summary>What can happen next by itself. A family of which nothing can is at rest.</summary>
internal static class Inside
{
    /// <summary>Every move that some order of things allows. Without faults: those that have to come to an end.</summary>
    public static int Collect(Rules rules, Family family, Span<Move> moves, bool faults)
    {
        var count = 0;
        faults &= family.Common.Faults > 0;
        for (byte p = 0; p < family.Members.Length; p++)
        {
            ref var member = ref family.Members[p];
            if (member.Life == Life.None) break;
            if (member.Is(Traits.Frozen) && member.Life == Life.Living) moves[count++] = new(Kind.Thaw, p);
            if (!member.Runs) continue;
            if (member.Deeds != 0)
            {
                moves[count++] = new(Kind.GoOn, p);
                continue;
            }
            count = Arrivals(family, p, moves, count);
            if (member.News != 0) count = Answers(rules, family, p, moves, count, faults);
            count = Programs(rules, family, p, moves, count, faults);
            // A timer that is late lets what had arrived before it go first: signals at least, and the thread's word of the spawn, which take no time.
            if (member.Signals != 0 || member.Has(News.Spawned)) continue;
            for (byte timer = 0; member.Timers >> timer != 0; timer++)
                if ((member.Timers & (1 << timer)) != 0 && (timer != (int)GenerationTimer.Kill || !HasLastWords(family, member))) moves[count++] = new(Kind.Time, p, timer);
        }
        return count;
    }

    /// <summary>Whoever was killed says nothing new: its channel is read to the end long before it is given up.</summary>
    private static bool HasLastWords(Family family, in Member member) => member.Successor != Member.Nobody && family.Members[member.Successor].Up != 0;

    private static int Arrivals(Family family, byte p, Span<Move> moves, int count)
    {
        ref var member = ref family.Members[p];
        for (byte signal = 0; member.Signals >> signal != 0; signal++)
            if ((member.Signals & (1 << signal)) != 0) moves[count++] = new(Kind.HandleSignal, p, signal);
        if (member.Parent != Member.Nobody)
        {
            var isLeft = family.Members[member.Parent].Life != Life.Living || member.Is(Traits.Forgotten);
            if (member.Down != 0 || (isLeft && !member.Is(Traits.ParentGone))) moves[count++] = new(Kind.ReadDown, p);
        }
        if (member.Successor == Member.Nobody || member.Has(News.Spawned)) return count;
        ref var child = ref family.Members[member.Successor];
        var ended = child.Life == Life.Dead || child.Is(Traits.Closed);
        if (!child.Is(Traits.EndRead) && (child.Up != 0 || ended || child.Is(Traits.UpTorn))) moves[count++] = new(Kind.ReadUp, p);
        var readsOn = !child.Is(Traits.EndRead) && (child.Up != 0 || child.Is(Traits.UpTorn));
        if (child.Life == Life.Dead && !child.Is(Traits.ExitSeen) && !readsOn) moves[count++] = new(Kind.SeeExit, p);
        return count;
    }

    private static int Answers(Rules rules, Family family, byte p, Span<Move> moves, int count, bool faults)
    {
        ref var member = ref family.Members[p];
        if (member.Has(News.Asked))
        {
            moves[count++] = new(Kind.StateGiven, p);
            if (faults) moves[count++] = new(Kind.StateRefused, p);
        }
        if (member.Has(News.Spawning))
        {
            var hasPlace = family.FreePlace() >= 0;
            if (hasPlace) moves[count++] = new(Kind.SpawnDone, p);
            if (hasPlace && faults) moves[count++] = new(Kind.SpawnRogue, p);
            if (!hasPlace || faults) moves[count++] = new(Kind.SpawnFails, p);
        }
        if (member.Has(News.Spawned)) moves[count++] = new(Kind.TellSpawned, p);
        if (member.Has(News.Accepts)) moves[count++] = new(Kind.TellAccept, p);
        if (member.Has(News.Stops)) moves[count++] = new(Kind.TellStop, p);
        if (member.Has(News.IdleDone)) moves[count++] = new(Kind.TellIdle, p);
        if (member.Has(News.Giving) && member.Sent == 0 && member.Successor != Member.Nobody && !family.Members[member.Successor].Is(Traits.EndRead)
            && ((member.Held & ~family.Common.Busy) != 0 || rules.States[member.State].Successor == SuccessorPhase.TakingOver))
            moves[count++] = new(Kind.Give, p);
        return count;
    }

    private static int Programs(Rules rules, Family family, byte p, Span<Move> moves, int count, bool faults)
    {
        ref var member = ref family.Members[p];
        switch (member.App)
        {
            case App.Boots:
                moves[count++] = new(Kind.Accept, p);
                if (!faults) break;
                moves[count++] = new(Kind.StartFails, p);
                moves[count++] = new(Kind.StartExits, p);
                moves[count++] = new(Kind.StartHangs, p);
                break;
            case App.Leaves or App.Ended when member.Held != 0:
                var one = (byte)(member.Held & -member.Held);
                moves[count++] = new((family.Common.Busy & one) != 0 ? Kind.RequestEnds : Kind.ConnectionEnds, p, one);
                break;
            case App.Leaves when (member.Sent == 0 || member.Is(Traits.Hammered)) && !member.Has(News.Stops): moves[count++] = new(Kind.ServersEnd, p); break;
            case App.Leaves when member.Successor == Member.Nobody || family.Members[member.Successor].Is(Traits.Rogue | Traits.DownTorn | Traits.EndRead) || family.Members[member.Successor].App == App.Hangs:
                moves[count++] = new(Kind.HammerTime, p);
                break;
            // What has come before is handled before: an end takes longer.
            case App.Ended when member.Signals == 0 && member.Down == 0 && (member.News & (News.Stops | News.Accepts)) == 0 && rules.States[member.State].MayEnd: moves[count++] = new(Kind.Exit, p); break;
            case App.Fails: moves[count++] = new(Kind.Exit, p); break;
        }
        return count;
    }
}
