using System.Globalization;
using Endless.Http.Loops;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>A response that is held back until its handler is done, or begins to stream it. From when the time is over on, nothing gets through.</summary>
/// <remarks>Of the handler's flow, but for <see cref="TryTimeOut"/>, which is another thread's: what they share is under a lock. The response itself is used by the handler's flow once it has begun, and by the other once the time is over.</remarks>
internal sealed class TimeoutWriter : DelegatingResponseWriter
{
    private const int MostHeld = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Header _header = [];
    private readonly MemoryStream _held = new();
    private readonly Stack<Func<Task>> _starting = new();
    private Header? _trailers;
    private Phase _phase;
    private int _status;
    private bool _isFixed;
    private bool _isStarting; // callbacks of OnStarting may choose another status
    private bool _isSent; // status and header are the response's
    private bool _isHeld; // it is the handler's end that begins the response

    public TimeoutWriter(ResponseWriter inner) : base(inner) => _header.CopyFrom(inner.Header);

    private enum Phase
    {
        Held,
        Begun,
        TimedOut,
    }

    public override Header Header => _isSent ? Inner.Header : _header;

    public override Header Trailers => _trailers ??= [];

    public override int StatusCode
    {
        get => _isSent ? Inner.StatusCode : _status;
        set
        {
            if (_isSent)
            {
                Inner.StatusCode = value;
                return;
            }
            if (_isFixed && !_isStarting) throw new InvalidOperationException($"The response has begun with status {_status}: set StatusCode before WriteHeader and the first write.");
            if (value is < 200 or > 999) throw new ArgumentOutOfRangeException(nameof(value), value, "The status of a final response is 200 to 999 (RFC 9110 section 15).");
            _status = value;
        }
    }

    public override bool HasStarted => _isFixed || Current != Phase.Held;

    internal override ServerResponse? Response => Current == Phase.Begun ? Inner.Response : null;

    private Phase Current
    {
        get
        {
            lock (_gate) return _phase;
        }
    }

    /// <summary>The time is over. False if the response has begun before.</summary>
    public bool TryTimeOut()
    {
        lock (_gate)
        {
            if (_phase != Phase.Held) return false;
            _phase = Phase.TimedOut;
            return true;
        }
    }

    /// <summary>The handler is done: it can no longer be late. False if it was.</summary>
    public bool TryEndTime()
    {
        lock (_gate)
        {
            if (_phase == Phase.TimedOut) return false;
            if (_phase == Phase.Held) _isHeld = true;
            _phase = Phase.Begun;
            return true;
        }
    }

    /// <summary>The handler is done, and has not failed: sends what is held.</summary>
    public async Task FinishAsync()
    {
        if (_isHeld)
        {
            // A hijack is none of this: it has begun.
            if (_held.Length > ServerResponse.BufferSize && _header["Content-Length"] is null) _header.Set("Content-Length", _held.Length.ToString(CultureInfo.InvariantCulture));
            await BeginAsync().ConfigureAwait(false);
        }
        if (_trailers is null) return;
        foreach (var (name, value) in _trailers) Inner.Trailers.Add(name, value);
    }

    public override void WriteHeader(int statusCode)
    {
        if (statusCode is < 100 or > 999) throw new ArgumentOutOfRangeException(nameof(statusCode), statusCode, "A status code has three digits (RFC 9110 section 15).");
        lock (_gate)
        {
            ThrowIfTimedOut();
            if (_phase == Phase.Held)
            {
                if (statusCode >= 200 && !_isFixed) (_status, _isFixed) = (statusCode, true);
                return;
            }
        }
        Inner.WriteHeader(statusCode);
    }

    public override void Write(ReadOnlySpan<byte> data)
    {
        if (TryHold(data, out var begins)) return;
        if (begins) BlockingWait.Wait(BeginAsync());
        Inner.Write(data);
    }

    public override Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        if (TryHold(data.Span, out var begins)) return Task.CompletedTask;
        return begins ? BeginAndWriteAsync(data, cancellationToken) : Inner.WriteAsync(data, cancellationToken);
    }

    public override void Flush()
    {
        if (TryBegin()) BlockingWait.Wait(BeginAsync());
        Inner.Flush();
    }

    public override async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        if (TryBegin()) await BeginAsync().ConfigureAwait(false);
        await Inner.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public override HijackedConnection Hijack()
    {
        if (_isFixed) throw new InvalidOperationException("The response has begun: take the connection over before anything is written.");
        if (TryBegin()) Inner.Header.CopyFrom(_header);
        _isSent = true;
        return Inner.Hijack();
    }

    public override void Abort()
    {
        lock (_gate) ThrowIfTimedOut();
        Inner.Abort();
    }

    public override void OnStarting(Func<Task> callback)
    {
        if (_isSent) Inner.OnStarting(callback);
        else if (_isFixed) throw new InvalidOperationException("The response has begun: call OnStarting before WriteHeader and the first write.");
        else _starting.Push(callback);
    }

    /// <summary>Keeps what is written. False where it is to be written on; <paramref name="begins"/> where the response begins by that.</summary>
    private bool TryHold(ReadOnlySpan<byte> data, out bool begins)
    {
        begins = false;
        lock (_gate)
        {
            ThrowIfTimedOut();
            if (_phase != Phase.Held) return false;
            if (!_isFixed) (_status, _isFixed) = (_status == 0 ? 200 : _status, true);
            if (_held.Length + data.Length <= MostHeld)
            {
                _held.Write(data);
                return true;
            }
            _phase = Phase.Begun;
            return !(begins = true);
        }
    }

    private bool TryBegin()
    {
        lock (_gate)
        {
            ThrowIfTimedOut();
            if (_phase == Phase.Begun) return false;
            _phase = Phase.Begun;
            return true;
        }
    }

    /// <summary>The response begins, by its handler's flow: with what was chosen and written so far.</summary>
    private async Task BeginAsync()
    {
        _isStarting = true;
        while (_starting.TryPop(out var callback)) await callback().ConfigureAwait(false);
        Inner.Header.CopyFrom(_header);
        _isSent = true;
        if (_status != 0) Inner.StatusCode = _status;
        if (_isFixed && _held.Length == 0) Inner.WriteHeader(_status);
        if (_held.Length > 0) await Inner.WriteAsync(_held.GetBuffer().AsMemory(0, (int)_held.Length)).ConfigureAwait(false);
    }

    private async Task BeginAndWriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await BeginAsync().ConfigureAwait(false);
        await Inner.WriteAsync(data, cancellationToken).ConfigureAwait(false);
    }

    private void ThrowIfTimedOut()
    {
        if (_phase == Phase.TimedOut) throw new TimeoutException("The time of the request is over, and it was answered with 503: end when Request.Cancellation fires.");
    }
}
