using System.Globalization;
using Endless.Http.Tests.Attack.Targets;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Tests.Attack;

/// <summary><c>attack [SECONDS [WORD...]]</c>: makes each attack, or those whose names hold a word, on this server and on others, and says what it cost.</summary>
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
        if (await Bystander.CompetesAsync() is { } reason) Console.WriteLine($"the other client competes for the processors, and its waits are also for those: {reason}");
        using var directory = new TempDirectory();
        var missed = await PlayAsync("defaults", new TargetLimits(), [new EndlessTarget(), new KestrelTarget(), new NginxTarget(directory), new GoTarget(directory)]);
        if (Torture.ThreadLimit.Missing() is { } missing) Console.WriteLine($"not tried with few threads: {missing}");
        else missed += await PlayAsync("200 threads (pids.max), 256 descriptors, 64 MiB of heap", TargetLimits.Tight, [new EndlessTarget()]);
        return missed == 0 ? 0 : 1;

        // How many attacks this server has not survived.
        async Task<int> PlayAsync(string name, TargetLimits limits, IReadOnlyList<Target> targets)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}, {seconds} s each; goals: {AttackOutcome.MostCpuPerByte} µs and {AttackOutcome.MostHeldPerByte} bytes held a byte sent, no wait over {AttackOutcome.LongestWait} ms, p99 at most doubled"));
            Console.WriteLine(AttackOutcome.Header);
            var count = 0;
            foreach (var plan in plans)
            {
                foreach (var target in targets)
                {
                    if (target.Lacks(plan) is { } lack)
                    {
                        Console.WriteLine($"{plan.Name,-44} {target.Name,-13} {lack}");
                        continue;
                    }
                    var outcome = await new AttackRun(target, limits, seconds).MakeAsync(plan, isMeasured: true);
                    var failings = outcome.Missed();
                    if (target is not EndlessTarget) failings = [.. failings.Where(failing => !failing.StartsWith("ended", StringComparison.Ordinal))]; // how they end on SIGTERM is their affair
                    else if (!outcome.IsSurvived) count++;
                    Console.WriteLine(outcome.ToRow(target.Name, failings.Count == 0 ? "within the goals" : string.Join(", ", failings)));
                }
            }
            return count;
        }
    }
}
