using Endless.Http.Load;
using Endless.Http.Tests.Processes;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Torture;

/// <summary>The steps that stories are made of. A pause is in milliseconds.</summary>
internal static class Steps
{
    /// <summary>How long a generation is waited for that may never come.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>More than the time that a start has.</summary>
    private static readonly TimeSpan OutcomeBound = TimeSpan.FromSeconds(40);

    public static Step Signal(int pause, Signum signal, Target target) => Make(pause, $"{signal} to {target}", $"{signal}", run =>
    {
        var members = target.Of(run.Family);
        // Who drains is told by SIGTERM what it does already: that is no stop of the service.
        if (signal == Signum.SIGTERM && run.Family.PidFileProcess is var named) members = [.. members.Where(member => !member.Drains || member.Pid == named)];
        foreach (var member in members) run.Family.Signal(member, signal);
        return Names(members);
    });

    public static Step Restart(int pause) => Signal(pause, Signum.SIGHUP, Target.PidFile);

    /// <summary>As a deploy script does; what comes of it is waited for at the end of the story.</summary>
    public static Step Ask(int pause) => Make(pause, "RestartClient", "RestartClient", run =>
    {
        run.Ask();
        return "";
    });

    /// <summary>Waits until one more process is there, or listens.</summary>
    public static Step Child(bool listening = false) => new(TimeSpan.Zero, listening ? "until the child listens" : "until the child is there", "", async run =>
    {
        var child = await run.Family.Roster.NextAsync(run.Seen, listening, Patience);
        return child is null ? "nobody came" : $"{child.Pid}";
    });

    /// <summary>The restart that the last step asked for, with none under way, comes to something or is said to have failed.</summary>
    public static Step Outcome() => new(TimeSpan.Zero, "until something came of it", "", async run =>
    {
        for (var deadline = Deadline.After(OutcomeBound); !deadline.Passed; await Task.Delay(5))
        {
            if (run.Family.Roster.All is var members && members.Count > run.Seen && members[run.Seen].Listens) return $"{members[run.Seen].Pid} listens";
            if (run.Family.FailureLines() > run.SeenFailures) return "it failed";
            if (run.Family.Living.Count == 0) return "nobody is left";
        }
        run.Load.Violation("a restart vanished: neither a new generation nor a line that it failed");
        return "nothing";
    });

    public static Step Freeze(int pause, Target target, int milliseconds) => Make(pause, $"SIGSTOP for {milliseconds} ms to {target}", "freezes", run =>
    {
        var members = target.Of(run.Family);
        foreach (var member in members) run.Family.Signal(member, Signum.SIGSTOP);
        run.Afterwards(ThawAsync(run, members, milliseconds));
        return Names(members);
    });

    public static Step TellNext(int pause, string command, Fate fate) => Make(pause, $"the next generation: {command}", fate == Fate.Lives ? "hasty children" : "bad children", run =>
    {
        run.Family.TellNext(command, fate);
        return "";
    });

    public static Step Deploy(int pause, FamilySetup setup) => Make(pause, $"a new build: {setup}", "builds", run =>
    {
        run.Family.Deploy(setup);
        return "";
    });

    /// <summary>The program is something that cannot be executed.</summary>
    public static Step Break(int pause) => Make(pause, "the program is half an upload", "broken programs", run =>
    {
        run.Family.ReplaceProgram("half an upload");
        return "";
    });

    public static Step Mend(int pause) => Make(pause, "the program is whole again", "", run =>
    {
        run.Family.ReplaceProgram(null);
        return "";
    });

    public static Step Storm(int pause, int count, int seed) => Make(pause, $"{count} connections at once", "storms", run =>
    {
        run.Afterwards(BusyClients.StormAsync(run.Load, new Random(seed), count));
        return "";
    });

    public static Step Threads(int pause, int spare) => Make(pause, $"{spare} threads to spare", "thread limits", run =>
    {
        run.Family.Threads!.Leave(spare);
        return "";
    });

    public static Step NoThreadLimit(int pause) => Make(pause, "as many threads as they want", "", run =>
    {
        run.Family.Threads!.Lift();
        return "";
    });

    public static Step Descriptors(int pause, Target target, int spare) => new(TimeSpan.FromMilliseconds(pause), $"{spare} descriptors to spare for {target}", "descriptor limits", async run =>
    {
        run.Family.MayClose = true;
        var members = target.Of(run.Family);
        foreach (var member in members)
            if (member.Descriptors is { } count) await LimitAsync(member, $"{count + spare}");
        return Names(members);
    });

    public static Step NoDescriptorLimit(int pause) => new(TimeSpan.FromMilliseconds(pause), "as many descriptors as they want", "", async run =>
    {
        foreach (var member in run.Family.Living) await LimitAsync(member, "");
        return "";
    });

    public static Step FillDisk(int pause) => Make(pause, "the disk is full", "full disks", run =>
    {
        FamilyDisk.Fill(Path.GetDirectoryName(run.Family.PidFile)!);
        return "";
    });

    public static Step FreeDisk(int pause) => Make(pause, "the disk has room", "", run =>
    {
        FamilyDisk.Free(Path.GetDirectoryName(run.Family.PidFile)!);
        return "";
    });

    private static Step Make(int pause, string text, string kind, Func<StoryRun, string> act) => new(TimeSpan.FromMilliseconds(pause), text, kind, run => Task.FromResult(act(run)));

    private static async Task ThawAsync(StoryRun run, IReadOnlyList<Member> members, int milliseconds)
    {
        await Task.Delay(milliseconds);
        foreach (var member in members) run.Family.Signal(member, Signum.SIGCONT);
        run.Note($"SIGCONT to {Names(members)}");
    }

    /// <summary>The soft limit; without a number the hard one.</summary>
    private static async Task LimitAsync(Member member, string limit)
    {
        var hard = member.DescriptorLimit;
        if (hard is not null) _ = await Tool.TryRunAsync("prlimit", "--pid", $"{member.Pid}", $"--nofile={(limit.Length > 0 ? limit : hard)}:{hard}"); // it may be gone meanwhile
    }

    private static string Names(IReadOnlyList<Member> members) => members.Count == 0 ? "nobody" : string.Join(", ", members.Select(member => member.Pid));
}
