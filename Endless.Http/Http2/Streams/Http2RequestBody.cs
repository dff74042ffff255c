using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Endless.Http.Semantics;

namespace Endless.Http.Http2;

/// <summary>
/// A request's body: DATA frames go in under the connection's gate, the handler reads at its own pace, and what it has seen is given back to the
/// client's windows (RFC 9113 section 5.2).
/// </summary>
/// <remarks>Deadlock: seen, not consumed. A handler that consumes nothing until it has the rest would wait for what the client may not send.</remarks>
internal sealed class Http2RequestBody(StreamCore stream, Http2Response response, ConnectionParts parts) : RequestBody
{
    private readonly Pipe _pipe = new(new PipeOptions(
        readerScheduler: new HandlerScheduler(stream, parts), writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, resumeWriterThreshold: 0, // bounded by the windows
        minimumSegmentSize: Frames.FrameHeader.DefaultMaxFrameSize, useSynchronizationContext: false));
    private ReceiveWindow _window;
    private long _declared;     // Content-Length, -1 for none
    private long _received;
    private long _seen;         // of those, which were given back to the windows, or are on their way there
    private long _consumed;     // by the handler's flow, as the next one
    private long _examined;
    private BodyLimit _limit;
    private BodyRate _rate = new();
    private ReadResult _last;
    private FieldLines? _trailers;
    private bool _expectsContinue;
    private int _growth;        // of the window beyond its initial size
    private bool _isReadToEnd;
    private volatile bool _isEnded;

    public override long MaxBytes
    {
        get => _limit.Bytes;
        set => _limit.Bytes = value;
    }

    public override FieldLines? Trailers => _isReadToEnd ? _trailers : null;

    /// <summary>Octets that the client may still send.</summary>
    public int Window => _window.Available;

    /// <summary>Octets that came and were not seen.</summary>
    private int Unseen => (int)(_received - _seen);

    public override bool IsEnded => _isEnded;

    /// <summary>The client said how much it will send, is sending it, and it is not too much to be thrown away.</summary>
    public bool IsWorthDiscarding => _declared >= 0 && _declared - _received <= Http2Limits.MaxDiscard && (!_expectsContinue || _received > 0);

    /// <summary>Begins a body. Under the gate, as everything down to <see cref="Reset"/>.</summary>
    public void Open(long declared, long maxBytes, bool expectsContinue)
    {
        _window = new ReceiveWindow(Http2Limits.StreamWindow);
        _declared = declared;
        _received = _seen = _consumed = _examined = 0;
        _limit = new BodyLimit(maxBytes);
        _rate = new BodyRate();
        _expectsContinue = expectsContinue;
        _trailers = null;
        _isEnded = _isReadToEnd = false;
    }

    public override void SetLeastRate(int bytesPerSecond, int grace) => _rate.Set(bytesPerSecond, grace);

    /// <summary>Counts octets against the stream's window, padding included. False if it does not allow them.</summary>
    public bool TryReceive(int count) => _window.TryReceive(count);

    /// <inheritdoc cref="Http2Stream.Agrees"/>
    public bool Agrees(long count, bool ends) => _declared < 0 || (ends ? _received + count == _declared : _received + count <= _declared);

    /// <summary>What comes is slower than <see cref="BodyRate"/> allows.</summary>
    public bool IsTooSlow(long now, ProtocolLimits limits) => !IsEnded && now >= _rate.Deadline(_received, limits);

    /// <summary>Adds octets that came.</summary>
    public void Append(in ReadOnlySequence<byte> data)
    {
        foreach (var memory in data)
        {
            memory.Span.CopyTo(_pipe.Writer.GetSpan(memory.Length));
            _pipe.Writer.Advance(memory.Length);
        }
        _received += data.Length;
        // Never waits: the pipe has no threshold, for the windows bound it.
        _ = _pipe.Writer.FlushAsync();
    }

    /// <summary>Counts octets that came and that nobody will read.</summary>
    public void Discard(int count)
    {
        _received += count;
        _seen += count;
    }

    /// <summary>The body is complete.</summary>
    public void End(FieldLines? trailers)
    {
        _trailers = trailers;
        _isEnded = true;
        _pipe.Writer.Complete();
    }

    /// <summary>Nothing more will come; reads fail.</summary>
    public void Fail(RequestBodyException reason)
    {
        if (IsEnded) return;
        _isEnded = true;
        _pipe.Writer.Complete(reason);
    }

    /// <summary>
    /// Octets of the window were consumed, by the handler or as padding: what is worth it goes back to the client. The window grows while its handler
    /// keeps up with the network, for then it is the window that holds the client back.
    /// </summary>
    public void Consume(int count)
    {
        if (IsEnded) return;
        var increment = _window.Consume(count);
        if (increment == 0) return;
        if (!stream.IsHandlerDone && Unseen == 0 && _window.Size * 2 <= Http2Limits.MaxStreamWindow && parts.Account.TryGrow(_window.Size))
        {
            increment += _window.Size;
            _growth += _window.Size;
            _window.Grow(_window.Size);
        }
        parts.Output.Frames.WriteWindowUpdate(stream.Id, increment);
    }

    /// <summary>What came and was not seen is given up.</summary>
    public void GiveUp()
    {
        var unseen = Unseen;
        _seen = _received;
        Consume(unseen);
        parts.Account.Consume(unseen);
    }

    /// <summary>Nothing more comes: what is left is given up, and the window not used any more.</summary>
    public void Close()
    {
        GiveUp();
        parts.Account.Shrink(_growth);
        _growth = 0;
    }

    /// <summary>The handler has a result in its hands that it has not advanced over.</summary>
    public bool IsLent => !_last.Buffer.IsEmpty;

    /// <summary>Makes ready for another body, when the handler is done.</summary>
    public void Reset()
    {
        _pipe.Writer.Complete();
        _pipe.Reader.Complete();
        _pipe.Reset();
        _last = default;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_expectsContinue && response.TrySendContinue()) _expectsContinue = false;
        var read = _pipe.Reader.ReadAsync(cancellationToken);
        if (read.IsCompletedSuccessfully) return new(Take(read.Result));
        // Deadlock: the client may need the window updates to send more, and a synchronous read blocks the thread that would send them after its turn.
        parts.Output.Flush();
        return AwaitAsync(read);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!_pipe.Reader.TryRead(out result)) return false;
        result = Take(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // Both throw for a position of another read, before anything is changed.
        var consumedCount = _last.Buffer.Slice(0, consumed).Length;
        var examinedCount = _last.Buffer.Slice(0, examined).Length;
        _pipe.Reader.AdvanceTo(consumed, examined);
        _last = default;
        var seen = Math.Max(_examined, _consumed + examinedCount);
        var count = (int)(seen - _examined);
        _examined = seen;
        _consumed += consumedCount;
        if (count > 0) OnSeen(count);
    }

    public override void CancelPendingRead() => _pipe.Reader.CancelPendingRead();

    /// <summary>Nothing more is read; the rest is given up when the handler is done.</summary>
    public override void Complete(Exception? exception = null) { }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> AwaitAsync(ValueTask<ReadResult> read)
    {
        _rate.BeginWait(parts.Transport.Now);
        try
        {
            return Take(await read.ConfigureAwait(false));
        }
        finally
        {
            _rate.EndWait(parts.Transport.Now);
        }
    }

    /// <summary>The handler has seen octets, of which some may have been given up before. Outside the gate.</summary>
    private void OnSeen(int count)
    {
        lock (parts.Gate)
        {
            count = Math.Min(count, Unseen);
            _seen += count;
            Consume(count);
            parts.Account.Consume(count);
        }
        parts.FlushSoon();
    }

    private ReadResult Take(ReadResult result)
    {
        _last = result;
        if (!_limit.Allows(result.Buffer.Length, before: _consumed))
        {
            _pipe.Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            _last = default;
            throw _limit.Exceeded();
        }
        _isReadToEnd = result.IsCompleted;
        return result;
    }
}
