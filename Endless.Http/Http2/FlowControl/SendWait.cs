using System.Threading.Tasks.Sources;

namespace Endless.Http.Http2;

/// <summary>
/// Where a handler waits until what it wrote is on its way: one at a time for each stream, without an allocation. <see cref="Begin"/>,
/// <see cref="TryEnd"/> and <see cref="IsWaiting"/> are guarded by the connection's gate, and only who ended the wait there completes it, outside.
/// </summary>
internal sealed class SendWait : IValueTaskSource<bool>
{
    private ManualResetValueTaskSourceCore<bool> _source;
    private CancellationTokenRegistration _registration;
    private CancellationToken _token;

    /// <summary>A handler waits, or has not yet taken note of the end of its wait.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Begins a wait.</summary>
    public ValueTask<bool> Begin()
    {
        _source.Reset();
        IsWaiting = true;
        return new ValueTask<bool>(this, _source.Version);
    }

    /// <summary>Has <paramref name="canceled"/> called with <paramref name="state"/> if the token fires during the wait. Outside the gate.</summary>
    public void CancelBy(CancellationToken token, Action<object?> canceled, object state)
    {
        _token = token;
        _registration = token.UnsafeRegister(canceled, state);
    }

    /// <summary>Ends the wait: true for one of any number of callers.</summary>
    public bool TryEnd()
    {
        var waited = IsWaiting;
        IsWaiting = false;
        return waited;
    }

    /// <summary>Goes on with the handler: false if its client is gone.</summary>
    public void Complete(bool sent) => _source.SetResult(sent);

    /// <summary>Goes on with the handler: its token fired.</summary>
    public void Cancel() => _source.SetException(new OperationCanceledException(_token));

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        // Race: a callback under way could end the next wait; waits for it.
        _registration.Dispose();
        _registration = default;
        return _source.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
}
