using Endless.Http.Channels;

namespace Endless.Http.Generations;

/// <summary>What the generation before this one last said of its counters. Thread-safe.</summary>
internal sealed class PreviousCounters
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CountersMessage _last = new(0, default);

    /// <summary>What the counters of all generations before this one stand at.</summary>
    internal ReadOnlyMemory<byte> Counters => _last.Counters;

    /// <summary>Connections that they still have.</summary>
    internal int Connections => _last.Connections;

    /// <summary>Completes when something was said, or nothing will be.</summary>
    internal Task Settled => _settled.Task;

    /// <summary>It has said something.</summary>
    internal void Take(CountersMessage message)
    {
        _last = message;
        Settle();
    }

    /// <summary>Nothing has to be waited for.</summary>
    internal void Settle() => _settled.TrySetResult();

    /// <summary>It has ended, and has no connections any more.</summary>
    internal void End()
    {
        _last = _last with { Connections = 0 };
        Settle();
    }
}
