namespace Endless.Http.Tests.Simulation;

/// <summary>Stories by chance: each is made by its seed alone.</summary>
internal sealed class Walk(Rules rules)
{
    public const int MostStepsToRest = 5_000;
    public const string Restless = "it never comes to rest";

    private readonly Move[] _moves = new Move[256];
    private ulong _random;

    /// <summary>The moves made so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Plays the story of a seed; null if all promises are kept. Kept are its moves if asked for.</summary>
    public string? Play(ulong seed, out Limits limits, List<Move>? made = null)
    {
        _random = seed;
        limits = new Limits(3 + Below(6), (byte)(1 + Below(10)), (byte)Below(5), (byte)Below(5), Below(2) == 0, Below(2) == 0);
        var patience = Below(3) switch { 0 => 0, 1 => 90, _ => 99 };
        var outside = 4 + Below(20);
        var world = new World(rules, new Family(rules, limits));
        for (var calm = 0; ; Steps++)
        {
            var faults = calm == 0;
            var count = Inside.Collect(rules, world.Family, _moves, faults);
            Move move;
            if (faults && (count == 0 || Below(outside) == 0))
            {
                var all = FromOutside(world.Family);
                if (all.Length == 0 || Below(50) == 0)
                {
                    calm = 1;
                    continue;
                }
                move = ChooseOutside(all, world.Family.Common.Signals);
            }
            else if (count == 0)
            {
                world.Judge.AtRest();
                return world.Broken;
            }
            else move = Choose(_moves.AsSpan(0, count), patience);
            made?.Add(move);
            world.Play(move);
            if (world.Broken is not null) return world.Broken;
            if (calm > 0 && ++calm == MostStepsToRest) return Restless;
        }
    }

    private ReadOnlySpan<Move> FromOutside(Family family)
    {
        // Most are what a family is for: a restart of who serves.
        ref var common = ref family.Common;
        if (common.Signals > 0 && common.PidFile != Member.Nobody && family.Members[common.PidFile].Life == Life.Living && Below(2) == 0)
        {
            _moves[0] = new(Kind.Signal, common.PidFile, Signals.Hup);
            return _moves.AsSpan(0, 1);
        }
        return _moves.AsSpan(0, Outside.Collect(family, _moves, 0, [Signals.Hup, Signals.Term, Signals.Int, Signals.IntAgain, Signals.Usr2]));
    }

    /// <summary>Families are to get old: whatever ends one comes late, mostly.</summary>
    private Move ChooseOutside(ReadOnlySpan<Move> moves, int signals)
    {
        var move = moves[Below(moves.Length)];
        for (var i = 0; i < 8 && IsEnd(move, signals) && Below(100) < 90; i++) move = moves[Below(moves.Length)];
        return move;
    }

    private static bool IsEnd(Move move, int signals) => move.Kind switch
    {
        Kind.Kill or Kind.AppCloses => true,
        Kind.AppStops => signals > 1,
        Kind.Signal => signals > 1 && move.Argument is Signals.Term or Signals.Int or Signals.IntAgain,
        _ => false,
    };

    private Move Choose(ReadOnlySpan<Move> moves, int patience)
    {
        var move = moves[Below(moves.Length)];
        for (var i = 0; i < 8 && IsRare(move, patience); i++) move = moves[Below(moves.Length)];
        return move;
    }

    private bool IsRare(Move move, int patience) => move.Kind switch
    {
        Kind.Time => Below(100) < patience,
        >= Kind.StateRefused and <= Kind.StartHangs => Below(100) < 85,
        _ => false,
    };

    // SplitMix64: a seed is a state, so that each story has its own.
    private int Below(int limit)
    {
        var z = _random += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (int)(((z ^ (z >> 31)) >> 32) * (ulong)limit >> 32);
    }
}
