namespace Endless.Http.Http2;

/// <summary>The streams of a connection: open ones, what is known of closed ones, and objects to use again. Guarded by the connection's gate.</summary>
/// <typeparam name="TStream">What a stream is; open, so that a stream may know the table that it leaves by itself, and the table no stream.</typeparam>
internal sealed class StreamTable<TStream>
    where TStream : class
{
    // As many as a busy connection has open; what a burst needed beyond that is left to the garbage collector.
    private const int MaxSpare = 100;

    private readonly Dictionary<int, TStream> _open = [];
    private readonly Stack<TStream> _spare = new();
    private TaskCompletionSource? _handlersDone;

    /// <summary>Streams that are not closed.</summary>
    public int Count => _open.Count;

    /// <summary>Streams whose handler has not returned, closed ones among them: a client that resets its requests does not get rid of their handlers.</summary>
    public int Running { get; private set; }

    /// <summary>Closed streams whose handler still runs, as when it ignores that the client has gone: the connection waits for it.</summary>
    public HashSet<TStream> LeftBehind { get; } = [];

    /// <summary>The highest identifier a client opened; all above it are idle.</summary>
    public int LastId { get; set; }

    /// <summary>The streams closed last.</summary>
    public ClosedStreams Closed { get; } = new();

    /// <summary>The streams that are not closed. Not while one is opened or closed.</summary>
    public Dictionary<int, TStream>.ValueCollection Open => _open.Values;

    public TStream? Find(int id) => _open.GetValueOrDefault(id);

    /// <summary>Not opened by the client, and so no frame may come on it. Even identifiers are for streams that a server opens, which this one never does.</summary>
    public bool IsIdle(int id) => id > LastId || (id & 1) == 0;

    /// <summary>An object for a new stream, not yet in the table; null if there is none to use again.</summary>
    public TStream? Take() => _spare.TryPop(out var stream) ? stream : null;

    public void Add(int id, TStream stream)
    {
        _open.Add(id, stream);
        Running++;
    }

    /// <summary>A stream was closed.</summary>
    /// <param name="id">Which.</param>
    /// <param name="closure">How.</param>
    /// <param name="window">What was left of the client's window.</param>
    public void Remove(int id, StreamClosure closure, int window)
    {
        _open.Remove(id);
        Closed.Add(id, closure, window);
    }

    /// <summary>What the client sends on a stream that is refused, or behind the last one, is passed over until it has heard of that.</summary>
    public void PassOver(int id) => Closed.Add(id, StreamClosure.ResetHere, Http2Limits.StreamWindow);

    /// <summary>Nothing refers to the object now.</summary>
    public void Recycle(TStream stream)
    {
        if (_spare.Count < MaxSpare) _spare.Push(stream);
    }

    /// <summary>The handler of a stream has returned.</summary>
    public void OnHandlerDone(TStream stream)
    {
        LeftBehind.Remove(stream);
        if (--Running == 0) _handlersDone?.TrySetResult();
    }

    /// <summary>Completes when no handler runs. Called once, when no stream is opened any more.</summary>
    public Task WaitForHandlersAsync() =>
        Running == 0 ? Task.CompletedTask : (_handlersDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
}
