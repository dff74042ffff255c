namespace Endless.Http.Channels;

/// <summary>What a generation knows of itself and of those before it.</summary>
/// <param name="Number">1 for a process that no restart started.</param>
/// <param name="Restarts">Restarts that succeeded, from the first generation to the one that started this one, which is counted as having succeeded.</param>
/// <param name="Failures">Restarts that failed, from the first generation on.</param>
/// <param name="State">The state that the previous generation's application passed on.</param>
internal sealed record GenerationInfo(int Number, int Restarts, int Failures, ReadOnlyMemory<byte> State)
{
    /// <summary>What parts of that application passed on: in a message before this one's.</summary>
    internal IReadOnlyList<PassedState> Passed { get; init; } = [];

    /// <summary>A process that no restart started.</summary>
    internal static GenerationInfo First { get; } = new(1, 0, 0, default);
}
