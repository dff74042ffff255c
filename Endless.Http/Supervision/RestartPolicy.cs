namespace Endless.Http.Supervision;

/// <summary>Whether a program that crashed is started anew, and after which pause. Immutable.</summary>
/// <param name="FastFailures">Crashes in a row, each before it served or soon after.</param>
internal readonly record struct RestartPolicy(int FastFailures)
{
    /// <summary>So many fast failures end it: from then on it is for whoever runs the container to see, and to wait longer.</summary>
    internal const int MaxFastFailures = 5;

    /// <summary>The crash of a process that served this long is not laid to its start.</summary>
    internal static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>After the crash of a process that served so long, zero if it never did.</summary>
    internal RestartPolicy Next(TimeSpan served) => new(served < Settled ? FastFailures + 1 : 0);

    /// <summary>The pause before the next start: 100 ms, twice as long with each fast failure in a row. Null to give up.</summary>
    internal TimeSpan? Pause => FastFailures < MaxFastFailures ? FirstPause * (1 << Math.Max(0, FastFailures - 1)) : null;
}
