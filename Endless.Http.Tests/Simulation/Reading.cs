namespace Endless.Http.Tests.Simulation;

/// <summary>What a process hears of its parent and its successor.</summary>
internal static class Reading
{
    /// <summary>The thread of the successor reads what that has said, in its order, and its end.</summary>
    public static void Up(World world, int p)
    {
        ref var member = ref world.Family.Members[p];
        ref var child = ref world.Family.Members[member.Successor];
        if (child.Is(Traits.UpTorn))
        {
            (child.Up, child.Traits) = (0, child.Traits | Traits.EndRead);
            world.Tell(p, Happening.SuccessorIsNonsense);
            return;
        }
        if (child.Up == 0)
        {
            child.Traits |= Traits.EndRead;
            world.Tell(p, Happening.SuccessorClosed);
            return;
        }
        var (word, connection) = Words.Pop(ref child.Up);
        if (word is Word.Taken or Word.Refused)
        {
            if ((member.Sent & connection) == 0) return;
            member.Sent &= (byte)~connection;
            if (word == Word.Refused) member.Held |= (byte)connection;
            world.Tell(p, Happening.SomeHandedOver);
            return;
        }
        if (word == Word.Stop && child.Is(Traits.Rogue)) world.Family.Common.MayBeDown = true;
        world.Tell(p, word switch { Word.Ready => Happening.SuccessorIsReady, Word.Failed => Happening.SuccessorFailed, _ => Happening.SuccessorStops });
    }

    /// <summary>The process has ended, and what it had said has been read.</summary>
    public static void Exit(World world, int p)
    {
        ref var member = ref world.Family.Members[p];
        ref var child = ref world.Family.Members[member.Successor];
        child.Traits |= Traits.ExitSeen | Traits.EndRead;
        world.Shell.GiveNothingMore(ref member);
        var sent = member.Sent;
        member.Sent = 0;
        if (!child.Is(Traits.UpTorn)) member.Held |= sent;
        // What it said in the end was nonsense: whether it had taken them cannot be known, and in charge it may have handed them on.
        else if (world.HasLeft(p)) world.Close(sent);
        else member.Held |= (byte)(sent & world.Family.Common.Open);
        world.Tell(p, Happening.SuccessorExited);
    }

    /// <summary>What the parent said, in its order, and its end.</summary>
    public static void Down(World world, int p)
    {
        ref var member = ref world.Family.Members[p];
        if (member.Down == 0 || member.Is(Traits.DownTorn))
        {
            member.Traits |= Traits.ParentGone;
            world.Tell(p, Happening.PredecessorIsGone);
            return;
        }
        var (word, connection) = Words.Pop(ref member.Down);
        if (word == Word.Batch) world.Shell.Adopt(p, connection);
        else world.Tell(p, word switch { Word.TakeOver => Happening.PredecessorHandsOver, Word.Released => Happening.PredecessorReleased, _ => Happening.PredecessorStops });
    }
}
