using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>
/// A body in the chunked transfer coding. Its data is copied into a pipe of its own, since the coding's framing lies between the chunks; only when the
/// handler asks for more than it has seen, so that a slow handler slows the client.
/// </summary>
internal sealed class ChunkedBody(BodyInput source, PipeReader input, ProtocolLimits limits) : Http1RequestBody(source, input)
{
    // Without a threshold a flush never waits: how much is decoded ahead is bounded by what one read of the connection gives.
    private static readonly PipeOptions Options = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);

    private Pipe _pipe = new(Options);
    private readonly FieldLines _trailers = new();
    private ChunkedDecoder _decoder;
    private bool _began;
    private bool _isLent;       // a result was handed out and not advanced over

    public override bool IsEnded => _decoder.IsEnded;

    public override FieldLines? Trailers => _decoder.IsEnded && Failure is null ? _trailers : null;

    public void Begin(long serverMaxBytes)
    {
        Reset();
        BeginCore(serverMaxBytes);
        _decoder = new ChunkedDecoder(limits);
        _began = true;
    }

    /// <summary>Drops what the last request left, and gives its buffers back.</summary>
    public void Reset()
    {
        if (!_began) return;
        _began = false;
        if (_isLent)
        {
            // Use after free: the handler may still hold these blocks, so no pool gets them.
            _pipe = new Pipe(Options);
            _isLent = false;
        }
        else
        {
            _pipe.Reader.Complete();
            _pipe.Writer.Complete();
            _pipe.Reset();
        }
        _trailers.Clear();
        _decoder.Release();
    }

    public override bool TryRead(out ReadResult result)
    {
        if (TryTake(out result)) return true;
        ThrowIfFailed();
        while (Source.TryRead(0, out var raw))
        {
            Decode(raw.Buffer, _pipe.Writer, Limit);
            ThrowIfFailed();
            if (TryTake(out result)) return true;
        }
        ThrowIfFailed();
        return false;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        TryTake(out var result) ? new ValueTask<ReadResult>(result) : WaitAsync(cancellationToken);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _pipe.Reader.AdvanceTo(consumed, examined);
        _isLent = false;
    }

    public override bool IsTooLargeToDiscard(long limit) => false;

    public override async ValueTask<bool> DiscardAsync(long limit)
    {
        // The limit holds by chunk and not by read: else the outcome of a request would depend on how its bytes were cut.
        var own = Limit.Bytes;
        var most = Limit;
        most.Bytes = own < 0 ? _decoder.DataBytes + limit : Math.Min(_decoder.DataBytes + limit, own);
        while (!_decoder.IsEnded)
        {
            var result = await Source.ReadAsync(0, default).ConfigureAwait(false);
            if (Source.Failure is not null || !Decode(result.Buffer, null, most)) return false;
        }
        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAsync(CancellationToken cancellationToken)
    {
        ThrowIfFailed();
        while (true)
        {
            var raw = await Source.ReadAsync(0, cancellationToken).ConfigureAwait(false);
            if (raw.IsCanceled) _pipe.Reader.CancelPendingRead();
            if (!raw.Buffer.IsEmpty) Decode(raw.Buffer, _pipe.Writer, Limit);
            ThrowIfFailed();
            if (TryTake(out var result)) return result;
        }
    }

    private bool TryTake(out ReadResult result)
    {
        if (!_pipe.Reader.TryRead(out result)) return false;
        _isLent = !result.Buffer.IsEmpty;
        return true;
    }

    /// <summary>False if the bytes are malformed, or hold more data than <paramref name="most"/>, which is an error only where the body's own limit is reached.</summary>
    private bool Decode(in ReadOnlySequence<byte> raw, PipeWriter? data, in BodyLimit most)
    {
        var consumed = 0L;
        Rejection? refused = null;
        foreach (var segment in raw)
        {
            refused = _decoder.Decode(segment.Span, data, most, _trailers, out var used);
            consumed += used;
            if (refused is not null || _decoder.IsEnded) break;
        }
        if (refused is not null && (refused != Rejections.BodyTooLarge || most.Bytes == MaxBytes)) Source.Fail(refused);
        Input.AdvanceTo(raw.GetPosition(consumed));
        if (data is null) return refused is null;
        if (_decoder.IsEnded && Failure is null) data.Complete();
        else _ = data.FlushAsync();
        return refused is null;
    }
}
