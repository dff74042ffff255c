using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Endless.Http.Tests.Torture;

/// <summary><c>./build.sh torture [SECONDS] [SEED [STORY]]</c>; with a story only that one is played.</summary>
internal static class TortureCommand
{
    /// <returns>The exit code: 0 if no story had a violation.</returns>
    public static async Task<int> RunAsync(int seconds, int seed, int? story)
    {
        using var end = new CancellationTokenSource();
        // Whatever ends this process ends the family first.
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            end.Cancel();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);

        Console.WriteLine($"seed {seed}");
        var run = new TortureRun(seed, TortureRun.FindMeans(Console.WriteLine), Console.WriteLine);
        var start = Stopwatch.GetTimestamp();
        try
        {
            if (story is { } only) await run.PlayAsync(only, end.Token);
            else
                for (var number = 1; Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; number++) await run.PlayAsync(number, end.Token);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("interrupted");
        }
        Console.WriteLine($"\n{run.Ledger}");
        Console.WriteLine(run.Ledger.Violations == 0 ? $"no violation; seed {seed}" : $"{run.Ledger.Violations:#,0} VIOLATIONS; seed {seed}");
        return run.Ledger.Violations == 0 ? 0 : 1;
    }
}
