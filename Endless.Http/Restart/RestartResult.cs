namespace Endless.Http;

/// <summary>How an attempt to restart ended.</summary>
public readonly record struct RestartResult
{
    private RestartResult(string? reason, bool began) => (Reason, Began) = (reason, began);

    /// <summary>The new generation serves, and has outlived its probation.</summary>
    public bool Succeeded => Reason is null;

    /// <summary>Why there is no new generation, and this one serves on; null if there is one.</summary>
    public string? Reason { get; }

    /// <summary>Whether anything was attempted. A restart is refused while another is under way, or when there is nothing to restart; it then leaves no trace.</summary>
    public bool Began { get; }

    /// <summary>The next generation serves.</summary>
    internal static RestartResult Success => new(null, true);

    /// <summary>The next generation is the old one: this generation serves on.</summary>
    internal static RestartResult Failed(string reason) => new(reason, true);

    /// <summary>Now is not the time for a restart.</summary>
    internal static RestartResult Refused(string reason) => new(reason, false);
}
