using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Endless.Http.Semantics;

namespace Endless.Http.WebSockets;

/// <summary>Where the one receive at a time waits for the next message. Answers pings and the client's Close on the way.</summary>
/// <remarks>
/// A wait allocates nothing: this object is its source, and goes on in the callback of the connection's read, on the event loop. There the receive loop runs on too, until it waits again; then what it has
/// sent meanwhile leaves (<see cref="FrameOutput.EndTurn"/>).
/// </remarks>
internal sealed class Receiver : IValueTaskSource<WebSocketMessage?>
{
    private readonly PipeReader _input;
    private readonly MessageReader _reader;
    private readonly FrameOutput _output;
    private readonly Ending _ending;
    private readonly Action _onRead;
    private ManualResetValueTaskSourceCore<WebSocketMessage?> _source;
    private ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter _read;
    private ReadOnlySequence<byte> _buffer;         // received and not read; what was read before it is kept until the next wait
    private CancellationTokenRegistration _registration;
    private CancellationToken _token;
    private WebSocketMessage? _message;             // what the receive under way has come to
    private Exception? _failure;                    // or in its place
    private CloseStatus? _leaving;
    private int _isBusy;
    private int _isWaiting;
    private bool _inParts;
    private bool _isLent;
    private bool _isGivenOut;       // the last receive came to a message
    private volatile bool _isDraining;
    private bool _isOver;
    private volatile bool _hasHeard;

    public Receiver(PipeReader input, MessageReader reader, FrameOutput output, Ending ending)
    {
        (_input, _reader, _output, _ending) = (input, reader, output, ending);
        _onRead = OnRead;
    }

    /// <summary>A receive waits for the client.</summary>
    public bool IsWaiting => Volatile.Read(ref _isWaiting) != 0;

    /// <summary>Something has come since this was asked last.</summary>
    public bool TakeHeard()
    {
        var hasHeard = _hasHeard;
        _hasHeard = false;
        return hasHeard;
    }

    /// <summary>The next message, or a part of one; null once the socket is closed.</summary>
    /// <exception cref="InvalidOperationException">Another receive is under way.</exception>
    public ValueTask<WebSocketMessage?> ReceiveAsync(bool inParts, CancellationToken token)
    {
        if (token.IsCancellationRequested) return ValueTask.FromCanceled<WebSocketMessage?>(token);
        if (_isDraining) return AwaitEndAsync();
        if (!TryEnter()) throw new InvalidOperationException("A receive of this WebSocket is under way: await it before the next. Messages can be sent meanwhile.");
        return ReceiveInsideAsync(inParts, token);
    }

    /// <summary>Reads on until the connection ends, and drops what comes; nothing where a receive is under way, which reads on itself.</summary>
    public async Task DrainAsync()
    {
        if (_isDraining || !TryEnter()) return;
        _isDraining = true; // for good: receives wait for the end from now on
        // Use after free: the flow that was given the last message may be at it still.
        if (_isGivenOut) Keep();
        while (!_isOver)
            if (await ReceiveInsideAsync(inParts: true, CancellationToken.None).ConfigureAwait(false) is null) break;
        if (!_ending.Lingers) return;
        // The connection is closed in time by whoever looks at the clock; then this read ends.
        while (await _input.ReadAsync().ConfigureAwait(false) is { IsCompleted: false } result)
        {
            _hasHeard = true;
            _input.AdvanceTo(result.Buffer.End);
        }
        _ending.Finish();
    }

    /// <summary>Closes as soon as the receive loop waits: what has come by then was answered.</summary>
    public void Leave(CloseStatus status)
    {
        Volatile.Write(ref _leaving, status);
        Interlocked.MemoryBarrier(); // lost wake-up: one of the two sees the other
        if (IsWaiting) Close(status);
    }

    /// <summary>Begins the closing handshake, if it has not begun.</summary>
    public void Close(CloseStatus status)
    {
        if (_ending.TryBegin(status)) _output.Close(status);
    }

    private bool TryEnter() => Interlocked.Exchange(ref _isBusy, 1) == 0;

    private void Exit()
    {
        if (!_isDraining) Volatile.Write(ref _isBusy, 0);
    }

    private async ValueTask<WebSocketMessage?> AwaitEndAsync()
    {
        await _ending.Over.ConfigureAwait(false);
        return null;
    }

    private ValueTask<WebSocketMessage?> ReceiveInsideAsync(bool inParts, CancellationToken token)
    {
        _inParts = inParts;
        if (TryRead(out var message))
        {
            _isGivenOut = message is not null;
            Exit();
            return new(message);
        }
        _source.Reset();
        var task = new ValueTask<WebSocketMessage?>(this, _source.Version);
        _output.Send();
        if (token.CanBeCanceled)
        {
            _token = token;
            _registration = token.UnsafeRegister(static input => ((PipeReader)input!).CancelPendingRead(), _input);
        }
        Interlocked.Exchange(ref _isWaiting, 1);
        if (Volatile.Read(ref _leaving) is { } leaving) Close(leaving);
        if (ReadOn()) Complete();
        return task;
    }

    /// <summary>True if a message is there, or the end.</summary>
    private bool TryRead(out WebSocketMessage? message)
    {
        message = null;
        while (!_isOver)
        {
            switch (_reader.Read(ref _buffer, _inParts))
            {
                case ReadStep.Message:
                    message = new WebSocketMessage(_reader.Payload, _reader.IsText, _reader.IsEnd);
                    _output.OnMessage(hasMoreInput: !_buffer.IsEmpty);
                    return true;
                case ReadStep.Ping:
                    _output.Pong(_reader.Payload.Span);
                    break;
                case ReadStep.Close:
                    OnClose(_reader.Payload.Span);
                    break;
                case ReadStep.Failed:
                    Fail(_reader.Failure!);
                    break;
                default:
                    return false;
            }
        }
        return true;
    }

    private void OnClose(ReadOnlySpan<byte> payload)
    {
        var status = CloseStatus.Parse(payload, out var mistake);
        if (mistake)
        {
            Fail(status);
            return;
        }
        _ending.TryBegin(status);
        _output.Close(status); // the answer, unless this is one
        Finish();
        if (_output.CloseSent.IsCompleted) _ending.Finish();
        else _ = FinishAfterAsync();
    }

    private void Fail(CloseStatus status)
    {
        _ending.TryBegin(status, lingers: true);
        _output.Close(status);
        Finish();
    }

    private async Task FinishAfterAsync()
    {
        await _output.CloseSent.ConfigureAwait(false);
        _ending.Finish();
    }

    /// <summary>Nothing more is read as messages.</summary>
    private void Finish()
    {
        _isOver = true;
        _reader.Dispose();
        if (_isLent) _input.AdvanceTo(_buffer.End);
        (_isLent, _buffer) = (false, default);
    }

    /// <summary>Reads until there is something to say, or the read has to wait: then false.</summary>
    private bool ReadOn()
    {
        while (true)
        {
            if (_isLent) _input.AdvanceTo(_buffer.Start, _buffer.End);
            (_isLent, _buffer) = (false, default);
            _read = _input.ReadAsync().ConfigureAwait(false).GetAwaiter();
            if (!_read.IsCompleted)
            {
                _read.UnsafeOnCompleted(_onRead);
                return false;
            }
            if (Accept()) return true;
        }
    }

    /// <summary>The read that waited is done: goes on with the receive, and then with whoever waits for it, on this thread.</summary>
    private void OnRead()
    {
        _output.BeginTurn();
        var isDone = true;
        try
        {
            isDone = Accept() || ReadOn();
        }
        catch (Exception exception)
        {
            // Whoever waits is told, and not the event loop.
            _failure = exception;
            _ending.Close();
        }
        if (isDone) Complete();
        _output.EndTurn();
    }

    /// <summary>Takes the result of a read. True if the receive is over with that.</summary>
    private bool Accept()
    {
        var result = _read.GetResult();
        _read = default;
        (_buffer, _isLent) = (result.Buffer, true);
        if (!result.Buffer.IsEmpty) _hasHeard = true;
        if (result.IsCanceled && _token.IsCancellationRequested)
        {
            _failure = new OperationCanceledException(_token);
            return true;
        }
        if (TryRead(out _message)) return true;
        if (!result.IsCompleted)
        {
            _output.Send(); // pongs
            return false;
        }
        Finish();
        _ending.Finish();
        _message = null;
        return true;
    }

    private void Complete()
    {
        _registration.Dispose();
        var (message, failure) = (_message, _failure);
        (_registration, _token, _message, _failure) = (default, default, null, null);
        _isGivenOut = message is not null;
        Volatile.Write(ref _isWaiting, 0);
        if (failure is not null) _source.SetException(failure);
        else _source.SetResult(message);
    }

    /// <summary>Leaves what was given out to the garbage collector: no pool gets it, and nothing is written over it.</summary>
    private void Keep()
    {
        _reader.Keep();
        (_input as HijackedReader)?.KeepFromPool();
    }

    WebSocketMessage? IValueTaskSource<WebSocketMessage?>.GetResult(short token)
    {
        _ = _source.GetStatus(token); // throws for another receive than the one under way
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            // Race: not sooner. Who closes the socket meanwhile reads on when this receive is over, and would use the source again.
            Exit();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<WebSocketMessage?>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<WebSocketMessage?>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
