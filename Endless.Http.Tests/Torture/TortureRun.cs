using System.Diagnostics;
using Endless.Http.Load;

namespace Endless.Http.Tests.Torture;

/// <summary>Stories, one after the other, each with a family of its own.</summary>
internal sealed class TortureRun(int seed, Means means, Action<string> tell)
{
    /// <summary>No story with all its waits takes longer.</summary>
    private static readonly TimeSpan StoryBound = TimeSpan.FromMinutes(6);

    public Ledger Ledger { get; } = new();

    /// <summary>What the machine allows, with a line for whatever it does not.</summary>
    public static Means FindMeans(Action<string> tell)
    {
        var threads = ThreadLimit.Missing();
        var disk = Processes.FactWithMountNamespaceAttribute.Missing;
        var prlimit = Processes.Tool.Find("prlimit") is null ? "prlimit is not installed" : null;
        foreach (var (what, missing) in (ReadOnlySpan<(string, string?)>)[("limits of threads", threads), ("full disks", disk), ("limits of descriptors", prlimit)])
            if (missing is not null) tell($"without stories of {what}: {missing}");
        return new Means(threads is null, disk is null, prlimit is null);
    }

    /// <summary>Plays a story and tells of it what is worth telling.</summary>
    public async Task PlayAsync(int number, CancellationToken end)
    {
        var story = Story.Of(seed, number, means);
        var start = Stopwatch.GetTimestamp();
        StoryRun? run = null;
        try
        {
            await using var family = await Family.StartAsync(story.Setup);
            run = new StoryRun(family, new TortureLoad(family, Ledger, new Random(seed ^ number)));
            await PlayAsync(story, run, end).WaitAsync(StoryBound, end);
            Ledger.CountRestarts(family.Roster.All.Count(member => member.Listens) - 1);
        }
        catch (Exception e) when (e is TimeoutException or EndOfStreamException or InvalidOperationException)
        {
            run?.Load.Violation($"the story did not come to its end: {e.Message}");
            if (run is null) tell($"VIOLATION in story {number} of seed {seed}: it did not begin: {e.Message}");
        }
        var violations = run?.Load.Violations.Count ?? 1;
        if (run is not null && violations > 0) TellAll(number, story, run);
        Ledger.CountStory(violations);
        tell($"{number,4}  {Stopwatch.GetElapsedTime(start).TotalSeconds,5:0.0} s  {(violations > 0 ? $"{violations} VIOLATIONS" : "ok")}  {story.Name}; {story.Setup}");
    }

    private static async Task PlayAsync(Story story, StoryRun run, CancellationToken end)
    {
        var before = ProcessFigures.Of(run.Family.Server.FirstPid);
        await story.Crowd.GatherAsync(run.Load, new Random(0));
        run.Note($"there are {story.Crowd} and the busy ones");
        try
        {
            foreach (var step in story.Steps)
            {
                end.ThrowIfCancellationRequested();
                await run.DoAsync(step);
            }
            await run.EndedAsync();
        }
        catch (TimeoutException e)
        {
            run.Load.Violation($"the story did not come to its end: {e.Message}");
        }
        await run.Load.FinishAsync();
        run.Note("the clients are done");
        try
        {
            await new Aftermath(run).CheckAsync(before);
        }
        catch (InvalidOperationException e)
        {
            run.Load.Violation(e.Message.Split('\n')[0]); // a process was aborted; what it printed is told anyway
        }
    }

    private void TellAll(int number, Story story, StoryRun run)
    {
        tell($"\nVIOLATION in story {number} of seed {seed} (./build.sh torture 1 {seed} {number} plays it alone): {story.Name}; {story.Setup}");
        foreach (var note in run.Notes) tell($"  {note}");
        foreach (var violation in run.Load.Violations.Take(20)) tell($"  ! {violation}");
        if (run.Load.Violations.Count > 20) tell($"  ! and {run.Load.Violations.Count - 20} more");
        tell("  what its processes printed:");
        foreach (var line in run.Family.Server.Output.Lines) tell($"    {line}");
        tell("");
    }
}
