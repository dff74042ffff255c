namespace Endless.Http.Benchmarks.Loads;

/// <summary>What a load counted.</summary>
/// <param name="Requests">Requests answered.</param>
/// <param name="Seconds">How long it ran.</param>
/// <param name="Median">Of the time from request to response: milliseconds.</param>
/// <param name="P99">Of the same, what 99 of 100 stay under: milliseconds.</param>
internal readonly record struct Measurement(long Requests, double Seconds, double Median, double P99);
