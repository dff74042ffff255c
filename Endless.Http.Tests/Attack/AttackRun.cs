using Endless.Http.Load;
using Endless.Http.Tests.Attack.Targets;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Attack;

/// <summary>Makes attacks, each on a fresh process of a target, with a well-behaved client beside it.</summary>
/// <param name="target">The server.</param>
/// <param name="limits">What its system has for it.</param>
/// <param name="seconds">How long each lasts, at most.</param>
internal sealed class AttackRun(Target target, TargetLimits limits, double seconds)
{
    private const int WarmUpAnswers = 500;
    private const double WarmUpSeconds = 1.5;

    /// <summary>Lines that a target printed which has not survived.</summary>
    private const int LastWords = 10;

    private static readonly TimeSpan BackTime = TimeSpan.FromSeconds(5);

    /// <summary>Attacks without asking what it costs: survival is seen on a server that has just started as well.</summary>
    public async Task<AttackOutcome> MakeAsync(AttackPlan plan, bool isMeasured)
    {
        await using var confinement = limits.Confine();
        await using var process = await target.StartAsync(confinement);
        await Deadline.UntilAsync(() => BystanderProgram.IsAnswered(process.EndPoint, BackTime), "the target answers");
        await using var bystander = await Bystander.StartAsync(process.EndPoint);
        var (quiet, quietFigures) = isMeasured ? await WatchQuietAsync(process, bystander, plan) : (new Waits(), default);
        var before = TargetFigures.Of(process.FirstPid);
        var (under, figures) = await WatchAsync(process, bystander, plan);
        var isBack = await Task.Run(() => BystanderProgram.IsAnswered(process.EndPoint, BackTime));
        var outcome = new AttackOutcome(
            plan.Name, seconds, figures.Sent, Math.Max(0, figures.CpuMilliseconds - quietFigures.CpuMilliseconds) * 1000, Math.Max(0, figures.Memory - before.ResidentBytes), figures.Threads, quiet, under, isBack, await EndAsync(process));
        if (!outcome.IsSurvived)
            foreach (var line in process.Output.Lines.TakeLast(LastWords)) Console.WriteLine($"    {line}");
        return outcome;
    }

    private async Task<(Waits, Figures)> WatchQuietAsync(ServerProcess process, Bystander bystander, AttackPlan plan)
    {
        var warmUp = bystander.Begin();
        await using (var requests = await StartAsync(process, Attacks.WarmUp(plan), WarmUpSeconds)) await requests.EndAsync();
        await Deadline.UntilAsync(() => warmUp.Count >= WarmUpAnswers, "the target has warmed up");
        return await WatchAsync(process, bystander, null);
    }

    private async Task<(Waits, Figures)> WatchAsync(ServerProcess process, Bystander bystander, AttackPlan? plan)
    {
        await using var assault = plan is null ? null : await StartAsync(process, plan, seconds);
        var (before, last) = (TargetFigures.Of(process.FirstPid), TargetFigures.Of(process.FirstPid));
        long memory = 0;
        var threads = 0;
        var waits = bystander.Begin();
        var attack = assault?.EndAsync() ?? QuietAsync();
        while (!attack.IsCompleted)
        {
            if (TargetFigures.Of(process.FirstPid) is { Threads: > 0 } now) last = now; // else it is gone
            (memory, threads) = (Math.Max(memory, last.ResidentBytes), Math.Max(threads, last.Threads));
            await Task.Delay(20);
        }
        _ = bystander.Begin(); // what follows is not the attack's
        return (waits, new Figures(await attack, last.CpuMilliseconds - before.CpuMilliseconds, memory, threads));
    }

    private Task<AssaultProcess> StartAsync(ServerProcess process, AttackPlan plan, double length) =>
        AssaultProcess.StartAsync(plan, plan.IsHttp2 ? target.Http2EndPointOf(process) : process.EndPoint, length);

    private async Task<long> QuietAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        return 0;
    }

    private static async Task<int?> EndAsync(ServerProcess process)
    {
        if (!process.IsGone(process.FirstPid)) process.Signal(Signum.SIGTERM);
        try
        {
            return await process.ExitCodeAsync();
        }
        catch (TimeoutException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            return AttackOutcome.Aborted;
        }
    }

    private readonly record struct Figures(long Sent, double CpuMilliseconds, long Memory, int Threads);
}
