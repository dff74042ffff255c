using System.Net.Sockets;
using Endless.Http.Load;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Torture;

/// <summary>What must hold when a story is over, whatever was in it.</summary>
internal sealed class Aftermath(StoryRun run)
{
    /// <summary>By then a family has come to rest: a start, a probation, a drain up to hammer time, one after the other, and again for a signal that was kept.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(60);

    /// <summary>By then a stop is over that has no more to wait for than hammer time.</summary>
    private static readonly TimeSpan StopBound = FamilySetup.Hammer + TimeSpan.FromSeconds(10);

    /// <summary>Connections that ask who serves: a second accepting process would get some of them.</summary>
    private const int Probes = 12;

    /// <summary>So few more descriptors may be chance: a connection of the load that is just being closed.</summary>
    private const int DescriptorSlack = 3;

    private const int ThreadSlack = 16;

    private const int ImpatientTries = 4;

    private Family Family => run.Family;

    /// <param name="before">The first generation at rest, before there were clients; null if it could not be looked at.</param>
    public async Task CheckAsync(ProcessFigures? before)
    {
        if (Family.Roster.Stopped is not null)
        {
            await EndedAsync();
        }
        else if (await RestAsync("after the story") is not null)
        {
            CheckFailureLines();
            await RestartAsync(before);
            await StopAsync();
        }
        foreach (var line in Family.Server.Output.Lines)
            if (line.Contains("Unhandled exception", StringComparison.Ordinal) && !line.Contains("was told to", StringComparison.Ordinal) && !IsLackOfThreads(line)) run.Load.Violation($"a process was aborted: {line}");
    }

    /// <summary>A program that cannot start for want of a thread ends by an exception that says so, and the restart has failed.</summary>
    private static bool IsLackOfThreads(string line) => line.Contains("the system has no thread to take signals with", StringComparison.Ordinal);

    /// <summary>Waits until one process is left, accepts alone and is the one that the pid file names.</summary>
    /// <returns>It; null if there is none, be it that the story left none.</returns>
    private async Task<int?> RestAsync(string when)
    {
        var seen = "";
        try
        {
            int? found = null;
            await Deadline.UntilAsync(
                async () =>
                {
                    var pids = Family.Server.Pids;
                    var named = Family.PidFileProcess;
                    seen = $"processes {string.Join(", ", pids)}; the pid file names {named?.ToString() ?? "nobody"}";
                    if (pids.Count == 0) return true;
                    if (pids is not [var only] || named != only) return false;
                    var answers = await AnswersAsync();
                    seen += $"; answers from {string.Join(", ", answers.Distinct())}";
                    found = only;
                    return answers.TrueForAll(pid => pid == only);
                },
                "one process that serves, and is named by the pid file", Rest);
            if (found is null && !Family.Roster.MayBeDown) run.Load.Violation($"{when} nobody is left, though the story let somebody live");
            else if (found is null) run.Note("nobody is left: the story let nobody live");
            return found;
        }
        catch (TimeoutException e)
        {
            run.Load.Violation($"{when}: {e.Message} There are: {seen}");
            return null;
        }
    }

    private async Task<List<int>> AnswersAsync()
    {
        var pids = new List<int>();
        for (var i = 0; i < Probes; i++)
        {
            using var connection = await TortureConnection.ConnectAsync(run.Load, "probe", isStrict: false);
            if (connection is null) break;
            await connection.SendAsync(connection.Request(10));
            await connection.AnsweredAsync();
            pids.Add(connection.Owner);
        }
        return pids.Count == Probes ? pids : [.. pids, 0];
    }

    /// <summary>Whoever had a child that came to nothing said so.</summary>
    private void CheckFailureLines()
    {
        foreach (var failed in Family.Roster.All.Where(member => member.FailedARestart).GroupBy(member => member.Parent))
        {
            if (Family.Roster.All.FirstOrDefault(member => member.Pid == failed.Key) is not { Killed: null, IsDoomed: false } parent) continue;
            var lines = Family.FailureLines(parent.Pid);
            if (lines < failed.Count()) run.Load.Violation($"{failed.Count()} children of {parent.Pid} came to nothing ({string.Join(", ", failed.Select(member => member.Pid))}), and {lines} lines say so");
        }
        if (run.Failures.Count > 0 && Family.FailureLines() == 0) run.Load.Violation($"a restart failed for who asked, and no line says so: {run.Failures[0]}");
    }

    /// <summary>The survivor restarts as if nothing had been, and has kept nothing of what was.</summary>
    private async Task RestartAsync(ProcessFigures? before)
    {
        // The survivor's own start timeout may be one that was meant for children that hang: a busy machine can need longer, so a start that was only slow is tried again.
        var tries = Family.Setup.StartTimeout is null ? 1 : ImpatientTries;
        Family.Deploy(Family.Setup with { StartTimeout = null, Probation = TimeSpan.FromMilliseconds(100) });
        Family.ReplaceProgram(null);
        RestartResult result;
        do
        {
            if (await run.AskAsync() is not { } answer) return;
            result = answer;
        }
        while (!result.Succeeded && result.Reason?.Contains("was not ready within", StringComparison.Ordinal) == true && --tries > 0);
        if (!result.Succeeded)
        {
            run.Load.Violation($"the restart after the story failed: {result.Reason}");
            return;
        }
        if (await RestAsync("after one more restart") is not { } pid) return;
        if (pid != result.ProcessId) run.Load.Violation($"RestartClient was told of process {result.ProcessId}, and {pid} serves");
        if (before is not { } early) return;
        var late = ProcessFigures.Of(pid);
        run.Note($"at first: {early}; at last: {late}");
        if (late.Descriptors > early.Descriptors + DescriptorSlack) run.Load.Violation($"descriptors have grown: {early.Descriptors} to {late.Descriptors}");
        if (late.Threads > early.Threads + ThreadSlack) run.Load.Violation($"threads have grown: {early.Threads} to {late.Threads}");
    }

    private async Task StopAsync()
    {
        foreach (var member in Target.PidFile.Of(Family)) Family.Signal(member, Signum.SIGTERM);
        run.Note("SIGTERM to the pid file's process");
        await EndedAsync();
    }

    /// <summary>The stop has reached everybody, and nothing is left of the service.</summary>
    private async Task EndedAsync()
    {
        try
        {
            await Deadline.UntilAsync(() => Family.Server.Pids.Count == 0, "every process has ended after the stop", StopBound);
        }
        catch (TimeoutException e)
        {
            run.Load.Violation($"{e.Message} There are: {string.Join(", ", Family.Server.Pids)}; the pid file names {Family.PidFileProcess?.ToString() ?? "nobody"}");
            return;
        }
        if (await ListensAsync()) run.Load.Violation("somebody listens after the stop");
        var first = Family.Roster.All[0];
        var isKilled = Family.Roster.All.Any(member => member.Killed is not null || member.IsDoomed);
        if (first is { Killed: null, IsDoomed: false } && await Family.Server.ExitCodeAsync() is var code and not 0) run.Load.Violation($"the first process exited with code {code}");
        if (!isKilled && !Family.Setup.HasSmallDisk && File.Exists(Family.PidFile)) run.Load.Violation("the pid file is there after the stop");
    }

    private async Task<bool> ListensAsync()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(Family.Server.EndPoint).WaitAsync(Deadline.Default);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
