using System.Globalization;

namespace Endless.Http.Tests.Attack;

/// <summary><c>attack [SECONDS [WORD...]]</c>: makes each attack, or those whose names hold a word, and says what it cost.</summary>
internal static class AttackCommand
{
    public static async Task<int> RunAsync(ReadOnlyMemory<string> arguments)
    {
        var seconds = 3.0;
        if (arguments.Length > 0 && !double.TryParse(arguments.Span[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out seconds))
        {
            await Console.Error.WriteLineAsync("usage: attack [SECONDS [WORD...]]");
            return 2;
        }
        string[] words = arguments.Length > 1 ? arguments[1..].ToArray() : [""];
        var plans = Attacks.All.Where(plan => words.Any(word => plan.Name.Contains(word, StringComparison.OrdinalIgnoreCase))).ToList();
        var isSurvived = await PlayAsync("defaults", new TargetLimits());
        if (Torture.ThreadLimit.Missing() is { } missing) Console.WriteLine($"not tried with few threads: {missing}");
        else isSurvived &= await PlayAsync("200 threads (pids.max), 256 descriptors, 64 MiB of heap", new TargetLimits(Threads: 200, Descriptors: 256, HeapMebibytes: 64));
        return isSurvived ? 0 : 1;

        async Task<bool> PlayAsync(string name, TargetLimits limits)
        {
            Console.WriteLine($"{name}, {seconds.ToString(CultureInfo.InvariantCulture)} s each; goals: {AttackOutcome.MostCpuPerByte} µs and {AttackOutcome.MostHeldPerByte} bytes held a byte sent, no wait over {AttackOutcome.LongestWait} ms, p99 at most doubled");
            Console.WriteLine(AttackOutcome.Header);
            var run = new AttackRun(seconds, limits);
            var all = true;
            foreach (var plan in plans)
            {
                var outcome = await run.MakeAsync(plan);
                Console.WriteLine(outcome);
                all &= outcome.IsSurvived;
            }
            return all;
        }
    }
}
