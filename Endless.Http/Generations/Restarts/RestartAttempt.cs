namespace Endless.Http.Generations;

/// <summary>A restart that has begun.</summary>
/// <param name="BeganAt">When, in ticks of <see cref="System.Diagnostics.Stopwatch"/>, before anything of the new generation was looked at: whoever asked earlier is served by it.</param>
/// <param name="Result">What comes of it.</param>
internal sealed record RestartAttempt(long BeganAt, Task<RestartResult> Result);
