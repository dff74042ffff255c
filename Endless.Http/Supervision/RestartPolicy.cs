namespace Endless.Http.Supervision;

/// <summary>Whether a program that crashed is started anew, and after which pause. Not thread-safe.</summary>
internal sealed class RestartPolicy
{
    /// <summary>Crashes in a row, each soon after the start, that end it: from then on it is for whoever runs the container to see, and to wait longer.</summary>
    internal const int MaxFastFailures = 5;

    /// <summary>A process that lived this long has served: its crash is not laid to its start.</summary>
    internal static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private int _fastFailures;

    /// <summary>The pause after a process that lived so long, or could not be started at all (zero): 100 ms, twice as long with each fast failure in a row. Null to give up.</summary>
    internal TimeSpan? Next(TimeSpan lived)
    {
        _fastFailures = lived < Settled ? _fastFailures + 1 : 0;
        return _fastFailures < MaxFastFailures ? FirstPause * (1 << Math.Max(0, _fastFailures - 1)) : null;
    }
}
