namespace Endless.Http.Tests.Simulation;

/// <summary>What comes from outside: signals, clients, whoever kills and freezes, programs that are not ours, channels that break.</summary>
internal static class Outside
{
    /// <summary>What a rogue says at most.</summary>
    public const int MostWords = 5;

    /// <summary>Word by word, then nonsense, an end of its channel, its own end.</summary>
    public const int RogueVocabulary = 8;

    public static void Carry(World world, Move move)
    {
        int p = move.Process;
        var family = world.Family;
        ref var member = ref family.Members[p];
        ref var common = ref family.Common;
        switch (move.Kind)
        {
            case Kind.Signal:
                common.Signals--;
                member.Signals |= (byte)(1 << move.Argument);
                if (move.Argument is Signals.Term or Signals.Int && (common.PidFile == p || (common.IsManaged && common.MainProcess == p))) member.Traits |= Traits.NamedWhenStopped;
                break;
            case Kind.Connect:
                var one = (byte)(1 << --common.Connections);
                common.Open |= one;
                if (move.Argument != 0) common.Busy |= one;
                member.Held |= one;
                break;
            case Kind.AppStops:
                common.Signals--;
                (member.App, member.Traits) = (App.Leaves, member.Traits & ~Traits.Accepting);
                world.Stop(p, Happening.ServersStop);
                break;
            case Kind.AppCloses:
                common.Faults--;
                (member.App, member.Traits) = (App.Leaves, (member.Traits & ~Traits.Accepting) | Traits.Sick);
                if (world.IsInCharge(p)) common.MayBeDown = true;
                break;
            case Kind.Kill:
                common.Faults--;
                // The next one was told by a channel that it cannot read, or is so young that nobody could tell it: that it ends was this one's to see to.
                if (member.Successor != Member.Nobody && (family.Members[member.Successor].Is(Traits.DownTorn) || world.IsEnding(p))) common.StopIsDue = false;
                // The same of a stop that had come to it and that it had not read.
                if (Words.Has(member.Down, Word.Stop, 0)) common.StopIsDue = false;
                world.Die(p);
                break;
            case Kind.Freeze:
                common.Faults--;
                member.Traits |= Traits.Frozen;
                break;
            case Kind.TearUp:
                common.Faults--;
                // What cannot be read cannot be known: a stop on its way is lost.
                if (Words.Has(member.Up, Word.Stop, 0)) common.StopIsDue = false;
                member.Traits = (member.Traits & ~Traits.StopsService) | Traits.UpTorn | (world.IsInCharge(p) ? 0 : Traits.Sick);
                break;
            case Kind.TearDown:
                common.Faults--;
                if (Words.Has(member.Down, Word.Stop, 0)) common.StopIsDue = false;
                if (!world.IsServing(member.Parent)) family.Members[member.Parent].Traits &= ~Traits.StopsService;
                (member.Traits, member.Down) = (member.Traits | Traits.DownTorn, 0);
                break;
            case Kind.RogueSays:
                member.Words++;
                Say(world, p, move.Argument);
                break;
            default: throw new ArgumentException($"{move} is no move.", nameof(move));
        }
    }

    private static void Say(World world, int p, int what)
    {
        ref var rogue = ref world.Family.Members[p];
        ref var parent = ref world.Family.Members[rogue.Parent];
        var isHeard = parent.Life == Life.Living && !rogue.Is(Traits.Forgotten | Traits.UpTorn | Traits.EndRead | Traits.Closed);
        switch (what)
        {
            case 0 when isHeard: Words.Push(ref rogue.Up, Word.Ready); break;
            case 1 when isHeard: Words.Push(ref rogue.Up, Word.Failed); break;
            case 2 when isHeard: Words.Push(ref rogue.Up, Word.Stop); break;
            case 3 or 4 when isHeard:
                // Of a batch that it has, or of one that it never got.
                var (word, connection) = rogue.Down == 0 ? (Word.Batch, 0) : Words.Pop(ref rogue.Down);
                if (word != Word.Batch) break;
                Words.Push(ref rogue.Up, what == 3 ? Word.Taken : Word.Refused, connection);
                if (what == 3) rogue.Held |= (byte)connection;
                break;
            case 5: rogue.Traits |= Traits.UpTorn; break;
            case 6: rogue.Traits |= Traits.Closed; break;
            case 7: world.Die(p); break;
        }
    }

    /// <summary>What may come next.</summary>
    public static int Collect(Family family, Span<Move> moves, int count, ReadOnlySpan<byte> signals)
    {
        ref var common = ref family.Common;
        for (byte p = 0; p < family.Members.Length; p++)
        {
            ref var member = ref family.Members[p];
            if (member.Life == Life.None) break;
            if (member.Life == Life.Dead) continue;
            if (common.Faults > 0)
            {
                moves[count++] = new(Kind.Kill, p);
                if (!member.Is(Traits.Frozen | Traits.Rogue)) moves[count++] = new(Kind.Freeze, p);
                if (member.App == App.Runs) moves[count++] = new(Kind.AppCloses, p);
                if (member.Parent != Member.Nobody && family.Members[member.Parent].Life == Life.Living && !member.Is(Traits.Forgotten | Traits.Rogue | Traits.UpTorn | Traits.DownTorn))
                {
                    if (!member.Is(Traits.EndRead)) moves[count++] = new(Kind.TearUp, p);
                    moves[count++] = new(Kind.TearDown, p);
                }
            }
            if (member.Is(Traits.Rogue))
            {
                for (byte what = 0; what < RogueVocabulary && member.Words < MostWords; what++) moves[count++] = new(Kind.RogueSays, p, what);
                continue;
            }
            if (common.Signals > 0)
            {
                foreach (var signal in signals)
                    if ((member.Signals & (1 << signal)) == 0) moves[count++] = new(Kind.Signal, p, signal);
                if (member.App == App.Runs && !member.Is(Traits.Frozen) && member.Deeds == 0) moves[count++] = new(Kind.AppStops, p);
            }
            if (common.Connections > 0 && member.Runs && member.Is(Traits.Accepting))
            {
                moves[count++] = new(Kind.Connect, p);
                moves[count++] = new(Kind.Connect, p, 1);
            }
        }
        return count;
    }
}
