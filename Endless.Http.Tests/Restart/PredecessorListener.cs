using Endless.Http.Channels;
using Endless.Http.Generations;
using Endless.Http.Sockets;

namespace Endless.Http.Tests.Restart;

/// <summary>A new generation that only remembers what the one before it said.</summary>
internal sealed class PredecessorListener : IPredecessorListener
{
    private readonly TaskCompletionSource<GenerationEvent.PredecessorIsGone> _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Func<HandOverMessage, IReadOnlyList<int>, SocketConnection?[]> Adopting { get; init; } = (message, _) => new SocketConnection?[message.Connections.Count];

    public List<GenerationEvent> Told { get; } = [];

    /// <summary>Its end, once it is told.</summary>
    public Task<GenerationEvent.PredecessorIsGone> Gone => _gone.Task;

    public void Tell(GenerationEvent happened)
    {
        lock (Told) Told.Add(happened);
        if (happened is GenerationEvent.PredecessorIsGone gone) _gone.SetResult(gone);
    }

    public SocketConnection?[] Adopt(HandOverMessage message, IReadOnlyList<int> descriptors) => Adopting(message, descriptors);

    public void TakeState(ReadOnlyMemory<byte> state) { }

    public void TakePassed(IReadOnlyList<PassedState> states) { }

    public void TakeCounters(CountersMessage counters) { }
}
