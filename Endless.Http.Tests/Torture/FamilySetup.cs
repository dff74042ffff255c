namespace Endless.Http.Tests.Torture;

/// <summary>How the generations of a family are set up, unless a story tells one otherwise.</summary>
internal sealed record FamilySetup
{
    /// <summary>How long a parent watches its child.</summary>
    public TimeSpan Probation { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a child may take to be ready; null leaves the default.</summary>
    public TimeSpan? StartTimeout { get; init; }

    /// <summary>What the first generation does beside, see Endless.Http.RestartApp.</summary>
    public string? First { get; init; }

    /// <summary>The pid file lies on a file system of 64 KiB.</summary>
    public bool HasSmallDisk { get; init; }

    /// <summary>How many of its processes and threads there may be can be limited.</summary>
    public bool HasThreadLimit { get; init; }

    /// <summary>How long a connection is kept open that waits for a request while its server stops.</summary>
    public static TimeSpan Grace { get; } = TimeSpan.FromSeconds(2);

    /// <summary>When a stop or a drain has an end, whatever is under way.</summary>
    public static TimeSpan Hammer { get; } = TimeSpan.FromSeconds(15);

    public IEnumerable<string> Script(string pidFile)
    {
        yield return "serve 127.0.0.1:0";
        yield return $"probation {Probation.TotalMilliseconds:0}";
        yield return $"grace {Grace.TotalMilliseconds:0}";
        yield return $"hammer {Hammer.TotalMilliseconds:0}";
        yield return $"pid-file {pidFile}";
        if (StartTimeout is { } timeout) yield return $"start-within {timeout.TotalMilliseconds:0}";
    }

    public override string ToString() =>
        $"probation {Probation.TotalMilliseconds:0} ms{(StartTimeout is { } timeout ? $", start timeout {timeout.TotalMilliseconds:0} ms" : "")}{(First is null ? "" : $", the first: {First}")}"
        + (HasSmallDisk ? ", a disk of 64 KiB" : "");
}
