namespace Endless.Http.Generations;

/// <summary>What kept a restart from succeeding.</summary>
internal enum FailureCause
{
    /// <summary>The application's <c>StateToNext</c> gave nothing that can be left.</summary>
    State,

    /// <summary>The program could not be started.</summary>
    Spawn,

    /// <summary>It said that it failed.</summary>
    Said,

    /// <summary>It closed its channel, and lives.</summary>
    Closed,

    /// <summary>It does not keep to the protocol.</summary>
    Nonsense,

    /// <summary>It ended.</summary>
    Exited,

    /// <summary>It was not ready in time.</summary>
    Late,

    /// <summary>It did not take the connections that it was given.</summary>
    Deaf,

    /// <summary>The service was told to stop.</summary>
    Stopped,
}

/// <summary>Why a restart failed.</summary>
/// <param name="Cause">The kind of reason.</param>
/// <param name="Detail">What is known of it, in words; null if the kind says it all.</param>
internal sealed record RestartFailure(FailureCause Cause, string? Detail = null);
