using Endless.Http.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Endless.Http.AspNetCore.Connections;

// How long the connection lives. Most are never asked: what tells is made with the first question.
internal sealed partial class ConnectionFeatures : IConnectionLifetimeFeature, IConnectionLifetimeNotificationFeature, IConnectionCompleteFeature, IConnectionHeartbeatFeature, IDisposable
{
    private static readonly TimeSpan HeartbeatPeriod = TimeSpan.FromSeconds(1); // Kestrel's

    private readonly CancellationToken _draining;
    private readonly Lock _gate = new();
    private CancellationTokenSource? _closed;
    private CancellationTokenSource? _leaving;
    private CancellationToken? _replacedClosed;
    private CancellationToken? _replacedLeaving;
    private Stack<(Func<object, Task> Callback, object State)>? _completed;
    private List<Timer>? _heartbeats;
    private bool _isOver;

    /// <summary>Fires when the connection is closed, or goes on in the next generation.</summary>
    public CancellationToken ConnectionClosed
    {
        get
        {
            lock (_gate)
            {
                if (_replacedClosed is { } token) return token;
                _closed ??= new CancellationTokenSource();
                if (_isOver) _closed.Cancel();
                return _closed.Token;
            }
        }
        set => _replacedClosed = value;
    }

    /// <summary>Fires when the connection is asked to end: by the application, or since the server leaves.</summary>
    public CancellationToken ConnectionClosedRequested
    {
        get
        {
            lock (_gate)
            {
                if (_replacedLeaving is { } token) return token;
                _leaving ??= CancellationTokenSource.CreateLinkedTokenSource(_draining);
                return _leaving.Token;
            }
        }
        set => _replacedLeaving = value;
    }

    /// <summary>Closes the connection at once.</summary>
    public void Abort() => _connection?.Abort();

    /// <summary>Asks the connection to end: the request under way is its last.</summary>
    public void RequestClose()
    {
        _connection?.RequestLeave(LeaveRequest.Drain);
        _ = ConnectionClosedRequested;
        _leaving?.Cancel();
    }

    public void OnCompleted(Func<object, Task> callback, object state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        lock (_gate)
        {
            if (_isOver) throw new InvalidOperationException("The connection is already complete.");
            (_completed ??= new()).Push((callback, state));
        }
    }

    /// <summary>Calls every second, as long as the connection lives.</summary>
    public void OnHeartbeat(Action<object> action, object state)
    {
        ArgumentNullException.ThrowIfNull(action);
        lock (_gate)
        {
            if (_isOver) return;
            (_heartbeats ??= []).Add(new Timer(_ => action(state), null, HeartbeatPeriod, HeartbeatPeriod));
        }
    }

    /// <summary>The connection has ended here. Tells who wants to know, on the thread pool.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isOver) return;
            _isOver = true;
            _heartbeats?.ForEach(static timer => timer.Dispose());
            _leaving?.Dispose();
        }
        if (_closed is not null || _completed is not null) ThreadPool.UnsafeQueueUserWorkItem(static features => _ = features.TellAsync(), this, preferLocal: false);
    }

    private async Task TellAsync()
    {
        if (_closed is not null) await _closed.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (_completed is not null && _completed.TryPop(out var next))
        {
            try
            {
                await next.Callback(next.State).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The connection is gone, and with it whoever could be told: as on Kestrel one callback does not keep the next from running.
            }
        }
    }
}
