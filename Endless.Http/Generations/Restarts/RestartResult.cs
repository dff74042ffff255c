namespace Endless.Http;

/// <summary>How an attempt to restart ended.</summary>
public readonly record struct RestartResult
{
    /// <summary>The new generation serves, and has outlived its probation.</summary>
    public bool Succeeded { get; private init; }

    /// <summary>Why there is no new generation, and this one serves on; null if there is one. The default value of this type is no success, and says so.</summary>
    public string? Reason
    {
        get => Succeeded ? null : field ?? "this is no result: nothing was attempted";
        private init;
    }

    /// <summary>Whether anything was attempted. A restart is refused while another is under way, or when there is nothing to restart; it then leaves no trace.</summary>
    public bool Began { get; private init; }

    /// <summary>The number of the new generation; 0 if there is none.</summary>
    public int Generation { get; private init; }

    /// <summary>The process id of the new generation; 0 if there is none.</summary>
    public int ProcessId { get; private init; }

    /// <summary>The attempt, under way or over, that this restart was refused for; null if refused for another reason, or not at all.</summary>
    internal Attempt? Other { get; private init; }

    /// <summary>The next generation serves.</summary>
    internal static RestartResult Success(int generation, int processId) => new() { Succeeded = true, Began = true, Generation = generation, ProcessId = processId };

    /// <summary>The next generation is the old one: this generation serves on.</summary>
    internal static RestartResult Failed(string reason) => new() { Reason = reason, Began = true };

    /// <summary>Now is not the time for a restart.</summary>
    internal static RestartResult Refused(string reason, Attempt? other = null) => new() { Reason = reason, Other = other };

    /// <summary>A restart that has begun.</summary>
    /// <param name="BeganAt">When, in ticks of <see cref="System.Diagnostics.Stopwatch"/>, before anything of the new generation was looked at: it answers all who asked earlier.</param>
    /// <param name="Result">What comes of it.</param>
    internal sealed record Attempt(long BeganAt, Task<RestartResult> Result);
}
