namespace Endless.Http.Restart;

/// <summary>How an attempt to restart ended.</summary>
/// <param name="Reason">Why there is no new generation; null if there is.</param>
/// <param name="Began">Whether anything was attempted; a refused restart leaves no trace.</param>
internal readonly record struct RestartResult(string? Reason, bool Began)
{
    /// <summary>The next generation serves.</summary>
    internal static RestartResult Success => new(null, true);

    /// <summary>The next generation is the old one: this generation serves on.</summary>
    internal static RestartResult Failed(string reason) => new(reason, true);

    /// <summary>Now is not the time for a restart.</summary>
    internal static RestartResult Refused(string reason) => new(reason, false);
}
