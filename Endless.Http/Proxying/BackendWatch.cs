namespace Endless.Http.Proxying;

/// <summary>How long a destination is waited for. One timer, set for what is waited for at the time; it also ends when the client is gone.</summary>
/// <remarks>The flow that sends the body and the one that reads the response may both set it: over HTTP/2 they run at the same time.</remarks>
internal sealed class BackendWatch(ReverseProxyOptions options, CancellationToken client) : IDisposable
{
    private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(client);
    private bool _hasHead;
    private bool _awaitsBody;

    /// <summary>Fires with the timer, and when the client is gone.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The timer fired: the client is still there.</summary>
    public bool HasTimedOut => _source.IsCancellationRequested && !client.IsCancellationRequested;

    /// <summary>The client's response has the destination's head: no other can be given in its place.</summary>
    public bool IsPassingOn { get; set; }

    /// <summary>The destination is to take some of the request's body. Behind the head it shows that the exchange is alive, and no more.</summary>
    public void AwaitUpload()
    {
        if (!Volatile.Read(ref _hasHead) || Volatile.Read(ref _awaitsBody)) _source.CancelAfter(options.IdleTimeout);
    }

    /// <summary>The client is to send more of the request's body: how long that may take is the server's to say.</summary>
    public void AwaitClient()
    {
        if (!Volatile.Read(ref _hasHead)) _source.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    /// <summary>The destination has the whole request.</summary>
    public void AwaitHead()
    {
        if (!Volatile.Read(ref _hasHead)) _source.CancelAfter(options.ResponseHeaderTimeout);
    }

    /// <summary>The head of the response is there.</summary>
    public void OnHead()
    {
        Volatile.Write(ref _hasHead, true);
        _source.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    /// <summary>The destination is to send more of its response.</summary>
    public void AwaitBody()
    {
        Volatile.Write(ref _awaitsBody, true);
        _source.CancelAfter(options.IdleTimeout);
    }

    /// <summary>The client is to take what there is of the response.</summary>
    public void OnBody()
    {
        Volatile.Write(ref _awaitsBody, false);
        _source.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gives up what is under way with the destination.</summary>
    public void Cancel() => _source.Cancel();

    public void Dispose() => _source.Dispose();
}
