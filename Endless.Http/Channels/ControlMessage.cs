namespace Endless.Http.Channels;

/// <summary>What two generations say to each other on the control channel. See <see cref="ControlCodec"/> for the bytes.</summary>
internal abstract record ControlMessage;

/// <summary>The first message each way: who speaks, and which version of this protocol. Both sides then keep to the lower version.</summary>
internal sealed record HelloMessage(int Version, int ProcessId) : ControlMessage;

/// <summary>Old to new, after its hello: which generation the new one is and what the counters stand at.</summary>
internal sealed record GenerationInfoMessage(GenerationInfo Info) : ControlMessage;

/// <summary>New to old: every server listens and accepts. The old one may stop accepting.</summary>
internal sealed record ReadyMessage : ControlMessage;

/// <summary>New to old: the restart has failed, and why. The new one is about to end.</summary>
internal sealed record FailedMessage(string Reason) : ControlMessage;

/// <summary>New to old, before its ready: what its start waits for, in words.</summary>
internal sealed record WaitingMessage(string What) : ControlMessage;

/// <summary>Old to new, once the new one is trusted: connections come, and before them the application's last word; null if it has none beyond what it said at the start.</summary>
internal sealed record TakeOverMessage(ReadOnlyMemory<byte>? State) : ControlMessage;

/// <summary>Old to new, as the old one ends: the state once more, as its last requests have changed it.</summary>
internal sealed record StateMessage(ReadOnlyMemory<byte> State) : ControlMessage;

/// <summary>
/// Old to new: what parts of its application leave, before the generation info, before <see cref="TakeOverMessage"/>, and as the old one ends what has changed. Not sent where they leave nothing. A message of its own: a
/// version that does not know it ignores it, and each of the two states may have a mebibyte.
/// </summary>
internal sealed record PassedStatesMessage(IReadOnlyList<PassedState> States) : ControlMessage;

/// <summary>Old to new, after the connections that waited for a request: the service is the new one's, and the old one can never accept again. In version 1 <see cref="TakeOverMessage"/> said so.</summary>
internal sealed record ReleasedMessage : ControlMessage;

/// <summary>Either way, before the release: the service was told to stop.</summary>
internal sealed record StopMessage : ControlMessage;

/// <summary>Old to new, from the moment the old one does not accept any more until its end: its counters with those of all before it, and how many connections they still have.</summary>
internal sealed record CountersMessage(int Connections, ReadOnlyMemory<byte> Counters) : ControlMessage;

/// <summary>Old to new, once the new one is trusted: connections, each with its descriptor beside the message, in the same order. Batches are numbered from 1; 0 is one of a version that does not number them.</summary>
internal sealed record HandOverMessage(IReadOnlyList<HandedConnection> Connections, int Batch = 0) : ControlMessage;

/// <summary>New to old: which connections of which <see cref="HandOverMessage"/> it has taken. The old one keeps the others.</summary>
internal sealed record AdoptedMessage(IReadOnlyList<bool> Taken, int Batch = 0) : ControlMessage;

/// <summary>A message of a later version: to be ignored.</summary>
internal sealed record UnknownMessage(ushort Type) : ControlMessage;
