namespace Endless.Http.Channels;

/// <summary>What a part of the application leaves for the next generation.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="State">What it leaves.</param>
internal sealed record PassedState(string Name, ReadOnlyMemory<byte> State);
