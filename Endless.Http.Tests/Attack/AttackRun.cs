using Endless.Http.Load;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Attack;

/// <summary>Makes attacks, each on a target of its own, with a well-behaved client beside it.</summary>
/// <param name="seconds">How long each lasts, at most.</param>
/// <param name="limits">What the target's system has for it.</param>
internal sealed class AttackRun(double seconds, TargetLimits limits)
{
    private const int WarmUpAnswers = 500;

    /// <summary>Lines that a target printed which does not end.</summary>
    private const int LastWords = 10;

    private static readonly TimeSpan BackTime = TimeSpan.FromSeconds(5);

    public async Task<AttackOutcome> MakeAsync(AttackPlan plan)
    {
        await using var confinement = limits.Confine();
        await using var target = await confinement.StartAsync("attack-target");
        await using (var warmUp = new Bystander(target.EndPoint))
        {
            warmUp.Start();
            await Deadline.UntilAsync(() => warmUp.Answers >= WarmUpAnswers, "the target has warmed up");
        }
        var (quiet, quietFigures) = await WatchAsync(target, null);
        var before = TargetFigures.Of(target.Pid);
        var (under, figures) = await WatchAsync(target, plan);
        var isBack = await Bystander.IsAnsweredAsync(target.EndPoint, BackTime);
        target.Signal(Signum.SIGTERM);
        int? exitCode = null;
        try
        {
            exitCode = await target.ExitCodeAsync();
        }
        catch (TimeoutException)
        {
            foreach (var line in target.Output.Lines.TakeLast(LastWords)) Console.WriteLine($"    {line}");
        }
        return new AttackOutcome(
            plan.Name, figures.Sent, Math.Max(0, figures.CpuMilliseconds - quietFigures.CpuMilliseconds) * 1000, Math.Max(0, figures.Memory - before.ResidentBytes), figures.Threads, quiet.Percentile(99),
            under.Percentile(99), under.Longest, under.Failures, isBack, exitCode);
    }

    private async Task<(Bystander Bystander, (long Sent, double CpuMilliseconds, long Memory, int Threads) Figures)> WatchAsync(ServerProcess target, AttackPlan? plan)
    {
        var bystander = new Bystander(target.EndPoint);
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        using var assault = new Assault(target.EndPoint, end.Token);
        var before = TargetFigures.Of(target.Pid);
        long memory = 0;
        var threads = 0;
        await using (bystander)
        {
            bystander.Start();
            var attack = plan?.PlayAsync(assault) ?? assault.HoldAsync();
            while (!attack.IsCompleted || !end.IsCancellationRequested)
            {
                var now = TargetFigures.Of(target.Pid);
                (memory, threads) = (Math.Max(memory, now.ResidentBytes), Math.Max(threads, now.Threads));
                await Task.Delay(20, CancellationToken.None);
            }
            await attack;
        }
        return (bystander, (assault.Sent, TargetFigures.Of(target.Pid).CpuMilliseconds - before.CpuMilliseconds, memory, threads));
    }
}
