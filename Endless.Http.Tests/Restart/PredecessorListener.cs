using Endless.Http.Channels;
using Endless.Http.Generations;
using Endless.Http.Transport;

namespace Endless.Http.Tests.Restart;

/// <summary>A new generation that only remembers what the one before it said.</summary>
internal sealed class PredecessorListener : IPredecessorListener
{
    public Func<HandOverMessage, IReadOnlyList<int>, SocketConnection?[]> Adopting { get; init; } = (message, _) => new SocketConnection?[message.Connections.Count];

    public List<GenerationEvent> Told { get; } = [];

    public void Tell(GenerationEvent happened)
    {
        lock (Told) Told.Add(happened);
    }

    public SocketConnection?[] Adopt(HandOverMessage message, IReadOnlyList<int> descriptors) => Adopting(message, descriptors);

    public void TakeState(ReadOnlyMemory<byte> state) { }

    public void TakeCounters(CountersMessage counters) { }
}
