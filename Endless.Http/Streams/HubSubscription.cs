using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Endless.Http;

/// <summary>One client's share of a <see cref="Hub{T}"/>'s messages. Dispose of it when the client goes: nothing else takes it out of the hub.</summary>
/// <remarks>One flow at a time reads it; <see cref="Dispose"/> may come from any thread at any time.</remarks>
public sealed class HubSubscription<T> : IDisposable
{
    private readonly Channel<T> _queue;
    private readonly Action<HubSubscription<T>> _unsubscribe;
    private long _dropped;

    internal HubSubscription(HubOptions options, string? group, Action<HubSubscription<T>> unsubscribe)
    {
        Group = group;
        _unsubscribe = unsubscribe;
        var bounds = new BoundedChannelOptions(options.QueueLength)
        {
            SingleReader = true,
            FullMode = options.Policy == HubPolicy.DropOldest ? BoundedChannelFullMode.DropOldest : BoundedChannelFullMode.Wait,
        };
        _queue = Channel.CreateBounded<T>(bounds, _ => Interlocked.Increment(ref _dropped));
    }

    /// <summary>The group that it subscribes to; null for none.</summary>
    public string? Group { get; }

    /// <summary>Messages that it did not get, since it was too slow.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>It has ended: it was disposed of, or dropped by <see cref="HubPolicy.DropSubscriber"/>. What is in its queue can still be read.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>The messages in the order in which they were published, until the subscription ends. That <paramref name="until"/> fires ends them too, without an exception.</summary>
    /// <param name="until">What else ends them: <see cref="ServerSentEvents.Ended"/>.</param>
    public async IAsyncEnumerable<T> Messages([EnumeratorCancellation] CancellationToken until = default)
    {
        using var ending = until.UnsafeRegister(static subscription => ((HubSubscription<T>)subscription!).Dispose(), this);
        while (!until.IsCancellationRequested && await _queue.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            while (!until.IsCancellationRequested && _queue.Reader.TryRead(out var message)) yield return message;
    }

    /// <summary>Ends it. Any number of times.</summary>
    public void Dispose()
    {
        IsEnded = true;
        _unsubscribe(this);
        _queue.Writer.TryComplete();
    }

    internal bool TryWrite(T message) => _queue.Writer.TryWrite(message);

    /// <summary>Waits for room. False if it ends before.</summary>
    internal async Task<bool> WriteAsync(T message, CancellationToken token)
    {
        while (await _queue.Writer.WaitToWriteAsync(token).ConfigureAwait(false))
            if (_queue.Writer.TryWrite(message)) return true;
        return false;
    }

    internal void NoteDropped() => Interlocked.Increment(ref _dropped);
}
