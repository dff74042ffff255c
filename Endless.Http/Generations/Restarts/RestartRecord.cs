namespace Endless.Http.Generations;

/// <summary>A restart, under way or over. Times are milliseconds of Unix time, 0 for what has not happened.</summary>
/// <param name="From">The generation that was to be replaced.</param>
/// <param name="ProcessId">The process that was to replace it; 0 if none could be started.</param>
/// <param name="Began">It was asked for.</param>
/// <param name="Ready">The new generation was ready; its probation began.</param>
/// <param name="TookOver">The new generation was trusted; the old one drained.</param>
/// <param name="Ended">It failed.</param>
/// <param name="Failure">Why; null if it did not.</param>
internal sealed record RestartRecord(int From, int ProcessId, long Began, long Ready, long TookOver, long Ended, string? Failure);
