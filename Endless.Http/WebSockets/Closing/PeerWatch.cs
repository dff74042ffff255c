namespace Endless.Http.WebSockets;

/// <summary>Looks at the clock now and then: pings a client that is silent, and closes the connection of one that does not answer, does not read, or does not close.</summary>
/// <remarks>A tick that comes late says that this process was stopped, and nothing of the client: it has its time again.</remarks>
internal sealed class PeerWatch : IDisposable
{
    /// <summary>A client that is told what it did wrong is closed when it has sent nothing for so long. Go's rstAvoidanceDelay is twice that, from the first byte on.</summary>
    private static readonly TimeSpan LingerStep = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);

    private readonly FrameOutput _output;
    private readonly Receiver _receiver;
    private readonly Ending _ending;
    private readonly TimeSpan _pingInterval;
    private readonly TimeSpan _peerTimeout;
    private readonly TimeSpan _closeTimeout;
    private readonly Timer _timer;
    private readonly Lock _lock = new();
    private long _due;                      // when the next tick is planned, in milliseconds of Environment.TickCount64
    private long _deadline;                 // of the closing handshake; 0 while the socket is open
    private CloseStatus? _leaving;
    private bool _isPinged;

    public PeerWatch(FrameOutput output, Receiver receiver, Ending ending, WebSocketOptions options)
    {
        (_output, _receiver, _ending) = (output, receiver, ending);
        (_pingInterval, _peerTimeout, _closeTimeout) = (options.PingInterval, options.PeerTimeout, options.CloseTimeout);
        _timer = new Timer(static watch => ((PeerWatch)watch!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        ending.OnBegun(OnClosing);
        lock (_lock) Plan(OpenStep);
    }

    /// <summary>The generation leaves: where the receive loop does not come to wait in time, the closing begins without it.</summary>
    public void Leave(CloseStatus status)
    {
        lock (_lock)
        {
            _leaving = status;
            if (_deadline == 0) Plan(_closeTimeout);
        }
    }

    public void Dispose() => _timer.Dispose();

    private TimeSpan OpenStep => _peerTimeout < TimeSpan.Zero || (_pingInterval >= TimeSpan.Zero && _pingInterval < _peerTimeout) ? _pingInterval : _peerTimeout;

    private void OnClosing()
    {
        lock (_lock)
        {
            if (_deadline == 0) _deadline = Environment.TickCount64 + (long)_closeTimeout.TotalMilliseconds;
            Plan(_ending.Lingers ? LingerStep : _closeTimeout);
        }
    }

    private void Tick()
    {
        CloseStatus? closes = null;
        var ends = false;
        lock (_lock)
        {
            if (_ending.IsClosed) return;
            var now = Environment.TickCount64;
            var isLate = now - _due > (long)Late.TotalMilliseconds;
            if (_deadline != 0)
            {
                if (isLate) _deadline = Math.Max(_deadline, now + (long)LingerStep.TotalMilliseconds);
                ends = now >= _deadline || (_ending.Lingers && !_receiver.TakeHeard() && !isLate);
                if (!ends) Plan(_ending.Lingers ? LingerStep : TimeSpan.FromMilliseconds(_deadline - now));
            }
            else if (_leaving is not null)
            {
                closes = _leaving;
            }
            else
            {
                ends = !isLate && IsStalled(now);
                if (!ends) ends = LooksDead(isLate);
                if (!ends) Plan(_isPinged && _peerTimeout > TimeSpan.Zero ? _peerTimeout : OpenStep);
            }
        }
        if (ends) _ending.Close();
        else if (closes is not null) _receiver.Close(closes); // begins, and so plans, the next tick
    }

    /// <summary>The peer has taken nothing of what is sent for too long: a piece of 64 KiB at most.</summary>
    private bool IsStalled(long now) => _peerTimeout > TimeSpan.Zero && _output.StalledSince is > 0 and var since && now - since >= _peerTimeout.TotalMilliseconds;

    private bool LooksDead(bool isLate)
    {
        // Silence says something only while somebody listens.
        if (_receiver.TakeHeard() || !_receiver.IsWaiting)
        {
            _isPinged = false;
            return false;
        }
        if (_isPinged && _peerTimeout > TimeSpan.Zero) return !isLate;
        if (_pingInterval <= TimeSpan.Zero) return false;
        _isPinged = true;
        ThreadPool.UnsafeQueueUserWorkItem(static output => output.Ping(), _output, preferLocal: true); // not under the lock
        return false;
    }

    private void Plan(TimeSpan step)
    {
        if (step < TimeSpan.Zero) return;
        _due = Environment.TickCount64 + (long)step.TotalMilliseconds;
        try
        {
            _timer.Change(step, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // the end came first
        }
    }
}
