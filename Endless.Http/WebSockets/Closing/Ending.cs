namespace Endless.Http.WebSockets;

/// <summary>How a WebSocket comes to its end, and when it is there. Any thread.</summary>
/// <param name="connection">Closed at the end.</param>
internal sealed class Ending(HijackedConnection connection)
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CloseStatus? _status;
    private volatile bool _lingers;
    private volatile bool _isClosed;
    private volatile Action? _begun;

    /// <summary>What it ends with; null as long as it is open.</summary>
    public CloseStatus? Status => Volatile.Read(ref _status);

    /// <summary>What the client sends is no longer understood: it is only given the time to read why.</summary>
    public bool Lingers => _lingers;

    /// <summary>Completes when nothing more is sent or received: the connection may be closed.</summary>
    public Task Over => _over.Task;

    /// <summary>The connection is closed.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Told when the end begins.</summary>
    public void OnBegun(Action begun) => _begun = begun;

    /// <summary>The end begins. False if it has begun already.</summary>
    /// <param name="status">Why.</param>
    /// <param name="lingers">As in <see cref="Lingers"/>.</param>
    public bool TryBegin(CloseStatus status, bool lingers = false)
    {
        if (lingers) _lingers = true;
        var isFirst = Interlocked.CompareExchange(ref _status, status, null) is null;
        if (isFirst || lingers) _begun?.Invoke();
        return isFirst;
    }

    /// <summary>
    /// Nothing more is sent or received. The connection stays open for a moment, while the handler comes to its end: a drain waits for the connection, and so for what the handler does when its socket has ended.
    /// </summary>
    public void Finish()
    {
        TryBegin(CloseStatus.Abnormal);
        _over.TrySetResult();
    }

    /// <summary>Closes the connection: a read or a write under way ends too.</summary>
    public void Close()
    {
        Interlocked.CompareExchange(ref _status, CloseStatus.Abnormal, null);
        _isClosed = true;
        connection.Dispose();
        _over.TrySetResult();
    }
}
