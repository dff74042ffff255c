using System.Runtime.InteropServices;
using Endless.Http.Logging;
using Endless.Http.Native;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Spawning;

/// <summary>
/// The first generation as the job that a shell waits for in a terminal. Once the next generation has taken over and its <c>Main</c> has returned it stays until the generations after it
/// have ended, and ends as the last of them did: else the prompt would be back, and Ctrl+C reach nobody.
/// </summary>
/// <remarks>
/// Generations are in one process group, so Ctrl+C reaches the newest by itself; what is sent to this process alone is passed on to it. It stays as its last act, in
/// <c>ProcessExit</c>: by then the application has let go of what it holds, and the next generation is told that this one is gone. A sleeping thread, no CPU.
/// </remarks>
internal sealed unsafe class ForegroundJob
{
    private const int StandardInput = 0;
    private const int Period = 100; // milliseconds, where a process cannot be watched

    private readonly IChildProcess _successor;
    private readonly ILogger _logger;
    private readonly JobProcesses _processes = new("/proc", Environment.ProcessId);

    private ForegroundJob(IChildProcess successor, ILogger logger)
    {
        _successor = successor;
        _logger = logger;
    }

    /// <summary>A shell waits for this process: it is in the foreground of the terminal that is its standard input.</summary>
    /// <remarks>Not for one whose input is something else: whoever started it with a pipe or a file waits for it in another way, or not at all.</remarks>
    private static bool IsIt => Libc.tcgetpgrp(StandardInput) is > 0 and var foreground && foreground == Libc.getpgid(0);

    /// <summary>Has the process stay, once <c>Main</c> has returned, as long as the generations after it live; does nothing anywhere but in the foreground of a terminal.</summary>
    /// <param name="successor">The generation that has taken over.</param>
    /// <param name="logger">For the line that says so.</param>
    internal static void StayFor(IChildProcess successor, ILogger logger)
    {
        if (!IsIt) return;
        // From here on generations whose own parent has ended become children of this process, which learns their exit codes.
        _ = Libc.prctl(Libc.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        var job = new ForegroundJob(successor, logger);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => job.Stay();
    }

    private void Stay()
    {
        if (!IsIt) return;
        // In the default action's place: this process must not end before the generation that the signal is for.
        int[] signals = [.. SignalMask.Handled];
        var registrations = Array.ConvertAll(signals, signal => PosixSignalRegistration.Create((PosixSignal)signal, context =>
        {
            context.Cancel = true;
            PassOn(signal);
        }));
        _successor.Control.Dispose(); // for the next generation this one is gone
        _logger.StaysInForeground();
        var code = WaitForAll();
        foreach (var registration in registrations) registration.Dispose();
        if (Environment.ExitCode == 0) Environment.ExitCode = code;
    }

    /// <summary>Waits until no generation is left. The exit code of the newest that there was, as a shell says it.</summary>
    private int WaitForAll()
    {
        var code = 0;
        var newest = long.MinValue;
        while (_processes.Generations() is [var (id, startTime), ..])
        {
            WaitForEnd(id);
            Take(id, startTime);
        }
        // One that ended together with its parent was never seen alive as a child of this process, and becomes its child only now: so there may be one more each time.
        while (_processes.Ending() is [var (id, startTime), ..]) Take(id, startTime);
        return code;

        void Take(int id, long startTime)
        {
            var status = StatusOf(id);
            if (startTime < newest) return;
            (newest, code) = (startTime, status.Code ?? (status.Signal > 0 ? 128 + status.Signal : 0));
        }
    }

    private ExitStatus StatusOf(int id)
    {
        if (id == _successor.Id) return _successor.Exited.GetAwaiter().GetResult();
        int status;
        int reaped;
        do
            reaped = Libc.waitpid(id, &status, 0);
        while (reaped < 0 && Errno.Last == Errno.EINTR);
        return new ExitStatus(reaped == id ? status : null); // null: started before this process became its ancestors' reaper
    }

    private static void WaitForEnd(int id)
    {
        if (ProcessEnd.TryWait(id)) return;
        // No event says so here: asked from time to time.
        while (ProcessStat.Of(id) is { State: not ('Z' or 'X') }) Thread.Sleep(Period);
    }

    private void PassOn(int signal)
    {
        var generations = _processes.Generations();
        if (signal == (int)PassedOn.SIGTSTP || generations.Count == 0) return;
        // What hammers is for those that drain, anything else for the one that serves.
        if (signal != (int)PassedOn.SIGUSR2) generations.RemoveRange(0, generations.Count - 1);
        foreach (var (id, _) in generations) _ = Libc.kill(id, signal);
    }

    private enum PassedOn
    {
        SIGUSR2 = 12,
        SIGTSTP = 20,
    }
}
