namespace Endless.Http.Generations;

/// <summary>A generation in the row of them. Times are milliseconds of Unix time, 0 for what has not happened.</summary>
/// <param name="Number">Which one.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="Started">Its process ran.</param>
/// <param name="Ready">Its servers accepted.</param>
/// <param name="Left">It left the service to the next one.</param>
/// <param name="Ended">It was gone.</param>
/// <param name="Connections">Connections it still had, as last heard of.</param>
/// <param name="HandedOver">Connections it handed over.</param>
/// <param name="Dropped">Connections it closed at hammer time.</param>
internal sealed record GenerationRecord(int Number, int ProcessId, long Started, long Ready, long Left, long Ended, int Connections, long HandedOver, long Dropped);
