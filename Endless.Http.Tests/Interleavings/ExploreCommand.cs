using System.Diagnostics;
using System.Globalization;
using Endless.Http.Tests.Interleavings.Exploring;

namespace Endless.Http.Tests.Interleavings;

/// <summary>The program's <c>explore SECONDS [SEED]</c>, and <c>explore again SCENARIO SCHEDULE</c>.</summary>
internal static class ExploreCommand
{
    private const int MostPreemptions = 4;

    /// <summary>The exit code: 1 if something was found.</summary>
    public static int Run(ReadOnlySpan<string> args)
    {
        if (args is ["again", var name, var schedule])
        {
            var result = (string?)Isolated.Invoke(typeof(Explorer), nameof(Explorer.Again), name, schedule);
            Console.WriteLine(result ?? "Nothing is wrong with this schedule.");
            return result is null ? 0 : 1;
        }
        if (args.Length is 0 or > 2 || !int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            Console.Error.WriteLine("usage: Endless.Http.Tests explore SECONDS [SEED]\n       Endless.Http.Tests explore again SCENARIO SCHEDULE");
            return 2;
        }
        var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Environment.TickCount & 0xffffff;
        Console.WriteLine($"seed {seed} and those after it");
        var failures = 0;
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Explorer.Names.Length; i++)
        {
            // Half of what each may take is for all schedules, as far as they go, and half for chance.
            var left = (seconds - watch.Elapsed.TotalSeconds) / (Explorer.Names.Length - i);
            if (!Explore(Explorer.Names[i], seed, left / 2)) failures++;
        }
        return failures == 0 ? 0 : 1;
    }

    private static bool Explore(string scenario, int seed, double seconds)
    {
        var all = (object?[])Isolated.Invoke(typeof(Explorer), nameof(Explorer.Exhaust), scenario, MostPreemptions, seconds)!;
        var some = (object?[])Isolated.Invoke(typeof(Explorer), nameof(Explorer.Walk), scenario, seed, int.MaxValue / 2, seconds)!;
        Console.WriteLine($"{scenario}: {all[1]:#,0} schedules in order, {((bool)all[2]! ? "all" : "not all")} with up to {MostPreemptions} preemptions; {some[1]:#,0} by chance");
        if ((all[0] ?? some[0]) is not string failure) return true;
        Console.WriteLine(failure);
        return false;
    }
}
