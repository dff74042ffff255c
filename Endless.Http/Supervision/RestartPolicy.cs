namespace Endless.Http.Supervision;

/// <summary>Whether a program that crashed is started anew, and after which pause. Not thread-safe.</summary>
internal sealed class RestartPolicy
{
    /// <summary>Crashes in a row, each before it served or soon after, that end it: from then on it is for whoever runs the container to see, and to wait longer.</summary>
    internal const int MaxFastFailures = 5;

    /// <summary>The crash of a process that served this long is not laid to its start.</summary>
    internal static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private int _fastFailures;

    /// <summary>The pause after a process that served so long, zero if it never did: 100 ms, twice as long with each fast failure in a row. Null to give up.</summary>
    internal TimeSpan? Next(TimeSpan served)
    {
        _fastFailures = served < Settled ? _fastFailures + 1 : 0;
        return _fastFailures < MaxFastFailures ? FirstPause * (1 << Math.Max(0, _fastFailures - 1)) : null;
    }
}
