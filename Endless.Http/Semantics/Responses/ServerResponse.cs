using System.Buffers;
using System.IO.Pipelines;
using Endless.Http.Loops;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Semantics;

/// <summary>
/// The response semantics that HTTP/1 and HTTP/2 share, as Go's <c>net/http</c> has them: when the head is fixed, what the server adds to it, what may
/// follow it. An encoder derives from it and puts heads, data and trailers on the wire.
/// </summary>
/// <remarks>
/// Reused: <see cref="Reset"/> begins the next response. Small bodies are collected in <see cref="BufferSize"/> bytes, so that a response that fits gets its
/// Content-Length for free. A handler reaches it through a <see cref="ServerResponseWriter"/>, one operation at a time; when its request is over, it is the engine's.
/// </remarks>
internal abstract partial class ServerResponse(ILogger logger) : IResponseBody
{
    /// <summary>Bytes of a body that are held back before the head is sent. Go's bufferBeforeChunkingSize.</summary>
    public const int BufferSize = 2048;

    /// <summary>Bytes that may wait for a flush before a writer is held up (back-pressure).</summary>
    public const int MaxUnflushed = 64 * 1024;

    // An asynchronous write of at least this many bytes is sent from the caller's memory; smaller ones are copied, to share a system call.
    private const int DirectWriteSize = 16 * 1024;

    private readonly FieldLines _header = new();
    private FieldLines? _trailers;
    private ResponseBodyWriter? _bodyWriter;
    private FixedHead _head = new();
    private byte[]? _buffer;
    private int _buffered;
    private bool _isHead;

    /// <summary>The header section to send.</summary>
    public FieldLines Header => _header;

    /// <summary>The trailer section to send.</summary>
    public FieldLines Trailers => _trailers ??= new FieldLines();

    /// <summary>The status that is fixed; 0 before.</summary>
    public int StatusCode => _head.Status;

    /// <summary>The status that the response ends with if nothing goes wrong.</summary>
    public int FinalStatus => _head.Status != 0 ? _head.Status : _chosen != 0 ? _chosen : 200;

    /// <summary>The request that is answered; null between two.</summary>
    public Request? Request { get; set; }

    /// <summary>The handler left something in the body's pipe that was not flushed.</summary>
    public bool HasPendingBody => _bodyWriter is { HasPending: true };

    /// <summary>The body as a pipe, of one request.</summary>
    public PipeWriter BodyWriter => _bodyWriter ??= new ResponseBodyWriter(this, Request!);

    /// <summary>The head is with the encoder: it can no longer be replaced by another.</summary>
    public bool IsCommitted { get; private set; }

    /// <summary>The client can no longer be written to. Writes fail from now on.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The handler wrote more than it declared. Nothing of that was sent, but the response may be wrong: as in Go the connection is not used again.</summary>
    public bool IsOverrun { get; private set; }

    /// <summary>Begins a response.</summary>
    /// <param name="isHead">The request's method is HEAD: everything but the body is as for GET.</param>
    public virtual void Reset(bool isHead)
    {
        _header.ReleaseSnapshot();
        _header.Clear();
        _isHead = isHead;
        IsCommitted = IsBroken = IsCut = IsGivenUp = IsFinished = false;
        GuessesType = true;
        DescribesUnchanged = false;
        ReasonPhrase = null;
        (_chosen, _end, _callbacks) = (0, 0, null);
        ResetBody();
    }

    /// <summary>The request is over: what is left in the body's pipe is dropped, and the next request has another.</summary>
    public void CloseBody()
    {
        _bodyWriter?.Clear();
        _bodyWriter = null;
    }

    /// <summary>Gives the buffer and the header's memory back, for as long as nothing is answered.</summary>
    public void ReleaseBuffer()
    {
        _head = new FixedHead();
        _header.ReleaseSnapshot();
        _header.Clear();
        _header.Release();
        if (_buffer is null) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }

    /// <inheritdoc cref="ResponseWriter.WriteHeader"/>
    public void WriteHeader(int statusCode)
    {
        if (statusCode is < 100 or > 999) throw new ArgumentOutOfRangeException(nameof(statusCode), statusCode, "A status code has three digits (RFC 9110 section 15).");
        ThrowIfEnded();
        if (_head.Status != 0)
        {
            logger.SuperfluousWriteHeader(statusCode, Request!, _head.Status);
            return;
        }
        if (statusCode == 101 && RefusesUpgrade is { } reason) throw new InvalidOperationException(reason);
        if (statusCode < 200 && statusCode != 101)
        {
            BlockingWait.Wait(AcquireOutputAsync().AsTask());
            SendInformational(statusCode, _header);
            var sent = BlockingWait.Wait(FlushOutputAsync(default));
            ReleaseOutput();
            if (!sent) ThrowBroken();
            return;
        }
        if (_callbacks is { HasStarting: true })
        {
            Start(statusCode);
            ThrowIfEnded();
            statusCode = _chosen;
        }
        FixHead(statusCode);
    }

    /// <inheritdoc cref="ResponseWriter.Write(ReadOnlySpan{byte})"/>
    public void Write(ReadOnlySpan<byte> data)
    {
        if (HasPendingBody) BlockingWait.Wait(WritePendingAsync());
        if (!Admit(data.Length) || TryBuffer(data)) return;
        if (!IsCommitted) BlockingWait.Wait(AcquireOutputAsync().AsTask());
        Commit(data);
        SendBuffered();
        if (_isHead || TryBuffer(data)) return;
        while (!data.IsEmpty)
        {
            var piece = data[..Math.Min(data.Length, MaxUnflushed)];
            SendBody(piece);
            data = data[piece.Length..];
            if (Unflushed >= MaxUnflushed && !BlockingWait.Wait(FlushOutputAsync(default))) ThrowBroken();
        }
    }

    /// <inheritdoc cref="ResponseWriter.WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        HasPendingBody ? WriteBehindPendingAsync(data, cancellationToken) : WriteBodyAsync(data, cancellationToken);

    /// <inheritdoc cref="ResponseWriter.Flush"/>
    public void Flush()
    {
        var flush = FlushAsync(default);
        if (!flush.IsCompletedSuccessfully) BlockingWait.Wait(flush);
    }

    /// <inheritdoc cref="ResponseWriter.FlushAsync"/>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        if (HasPendingBody) return FlushBehindPendingAsync(cancellationToken);
        if (_head.Status == 0 && OwesStart) return FlushStartedAsync(cancellationToken);
        Admit(0);
        if (!IsCommitted && AcquireOutputAsync() is { IsCompletedSuccessfully: false } acquired) return FlushAcquiredAsync(acquired, cancellationToken);
        return FlushAllAsync(cancellationToken);
    }

    /// <summary>Writes what waits in the body's pipe.</summary>
    public async Task WritePendingAsync(CancellationToken cancellationToken = default)
    {
        while (_bodyWriter is { HasPending: true } writer)
        {
            var written = _written;
            try
            {
                await WriteBodyAsync(writer.Next, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                // Also after a cancel: the bytes are then in the output, or will never be. But not after one that came before anything was written: whoever writes on would leave a hole.
                if (_written > written || !cancellationToken.IsCancellationRequested) writer.DropNext();
            }
        }
    }

    /// <summary>Completes the response into the encoder's output, without flushing, if <see cref="EndAsync"/> has not. Called by the engine when the handler is done and nothing is pending.</summary>
    public void Finish()
    {
        if (IsFinished) return;
        IsFinished = true;
        if (_head.Status == 0) FixHead(FinalStatus);
        var trailers = ResponseTrailers.Collect(_trailers, _header, _head.Announced, logger, Request);
        var hasNoBody = !_head.AllowsBody || _isHead;
        if (IsCommitted)
        {
            SendBuffered();
            SendEnd(hasNoBody ? null : trailers);
        }
        else
        {
            var body = _buffer.AsSpan(0, _buffered);
            var length = _head.LengthOf(_isHead && _written == 0 ? -1 : _buffered, hasTrailers: trailers is not null);
            SendWhole(Head(length, body, isWhole: hasNoBody || (_buffered == 0 && trailers is null && !IsShort)), _isHead ? default : body, hasNoBody ? null : trailers);
            _buffered = 0;
        }
        if (IsShort) logger.ShortBody(Request!, _head.Declared, _written);
    }

    /// <inheritdoc cref="FixedHead.IsSentInAdvance"/>
    protected static bool IsSentInAdvance(in FieldLine field) => FixedHead.IsSentInAdvance(field);

    /// <inheritdoc cref="FixedHead.IsSent"/>
    protected bool IsSent(in FieldLine field) => _head.IsSent(field);

    /// <inheritdoc cref="ResponseWriter.Hijack"/>
    public abstract HijackedConnection Hijack();

    /// <summary>Bytes in the output that are not yet flushed.</summary>
    protected abstract long Unflushed { get; }

    /// <summary>
    /// Waits until the engine sends nothing of its own. Called before the first bytes of a response; completed at once in nearly all cases.
    /// </summary>
    protected virtual ValueTask AcquireOutputAsync() => default;

    /// <summary>After an interim response: the engine may send something of its own again.</summary>
    protected virtual void ReleaseOutput() { }

    /// <summary>Puts the head into the output. Once for each response.</summary>
    protected abstract void SendHead(in ResponseHead head);

    /// <summary>Puts an interim response (1xx) into the output, with those fields that <see cref="FixedHead.IsSentInAdvance"/> says.</summary>
    protected abstract void SendInformational(int status, FieldLines header);

    /// <summary>Why the protocol has no 101 (Switching Protocols) to send; null if it has.</summary>
    protected virtual string? RefusesUpgrade => null;

    /// <summary>Copies a part of the body, never empty, into the output.</summary>
    protected abstract void SendBody(ReadOnlySpan<byte> data);

    /// <summary>Sends a large part of the body and everything before it, from the caller's memory where that is possible. False if the client is gone.</summary>
    protected abstract ValueTask<bool> SendBodyAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Puts a response that is complete into the output, as the three do one after the other.</summary>
    protected virtual void SendWhole(in ResponseHead head, ReadOnlySpan<byte> body, FieldLines? trailers)
    {
        SendHead(head);
        if (!body.IsEmpty) SendBody(body);
        SendEnd(trailers);
    }

    /// <summary>Ends the response in the output: the mark of the last part of the body, and the trailer section if there is one.</summary>
    protected abstract void SendEnd(FieldLines? trailers);

    /// <summary>Sends the output. False if the client is gone.</summary>
    protected abstract ValueTask<bool> FlushOutputAsync(CancellationToken cancellationToken);

    private void ResetBody()
    {
        CloseBody();
        _trailers?.Clear();
        _head = new FixedHead();
        (_buffered, _written, IsOverrun) = (0, 0, false);
    }

    private bool TryBuffer(ReadOnlySpan<byte> data)
    {
        if (data.Length > BufferSize - _buffered) return false;
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
        data.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += data.Length;
        return true;
    }

    private void SendBuffered()
    {
        if (_buffered > 0 && !_isHead) SendBody(_buffer.AsSpan(0, _buffered));
        _buffered = 0;
    }

    /// <summary>Sends the head while the body is still being written: its length is the declared one or not known.</summary>
    private void Commit(ReadOnlySpan<byte> next)
    {
        if (IsCommitted) return;
        SendHead(Head(_head.AllowsBody ? _head.Declared : _head.LengthWithoutBody, _buffered > 0 ? _buffer.AsSpan(0, _buffered) : next, isWhole: !_head.AllowsBody || _isHead));
    }

    /// <summary>The head, which can no longer be replaced by another.</summary>
    /// <param name="length">Of the body; -1 if not known.</param>
    /// <param name="start">Of the body, for a guess at its type.</param>
    /// <param name="isWhole">Nothing follows.</param>
    private ResponseHead Head(long length, ReadOnlySpan<byte> start, bool isWhole)
    {
        var guesses = GuessesType && _head.GuessesType && !start.IsEmpty;
        IsCommitted = true;
        return new ResponseHead
        {
            Status = _head.Status,
            ReasonPhrase = ReasonPhrase,
            Fields = _head.Fields.Span,
            ContentLength = length,
            ContentType = guesses ? ContentSniffer.Detect(start) : null,
            AddDate = !_head.HasDate,
            HasBody = _head.AllowsBody && !_isHead,
            IsWhole = isWhole,
        };
    }

    private Task WriteBodyAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        // Before anything of the data is in the output: from there it cannot be taken back.
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled(cancellationToken);
        if (_head.Status == 0 && OwesStart) return WriteStartedAsync(data, cancellationToken);
        if (!Admit(data.Length) || TryBuffer(data.Span)) return Task.CompletedTask;
        if (!IsCommitted && AcquireOutputAsync() is { IsCompletedSuccessfully: false } acquired) return WriteAcquiredAsync(acquired, data, cancellationToken);
        return SendAsync(data, cancellationToken);
    }

    private async Task WriteStartedAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await StartBeforeWriteAsync().ConfigureAwait(false);
        await WriteBodyAsync(data, cancellationToken).ConfigureAwait(false);
    }

    private async Task FlushStartedAsync(CancellationToken cancellationToken)
    {
        await StartBeforeWriteAsync().ConfigureAwait(false);
        await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteBehindPendingAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await WritePendingAsync(cancellationToken).ConfigureAwait(false);
        await WriteBodyAsync(data, cancellationToken).ConfigureAwait(false);
    }

    private async Task FlushBehindPendingAsync(CancellationToken cancellationToken)
    {
        await WritePendingAsync(cancellationToken).ConfigureAwait(false);
        await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        Commit(data.Span);
        SendBuffered();
        if (_isHead || TryBuffer(data.Span)) return Task.CompletedTask;
        if (data.Length >= DirectWriteSize) return Checked(SendBodyAsync(data, cancellationToken));
        SendBody(data.Span);
        return Unflushed < MaxUnflushed ? Task.CompletedTask : Checked(FlushOutputAsync(cancellationToken));
    }

    private Task FlushAllAsync(CancellationToken cancellationToken)
    {
        Commit(default);
        SendBuffered();
        return Checked(FlushOutputAsync(cancellationToken));
    }

    private async Task WriteAcquiredAsync(ValueTask acquired, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await acquired.ConfigureAwait(false);
        await SendAsync(data, cancellationToken).ConfigureAwait(false);
    }

    private async Task FlushAcquiredAsync(ValueTask acquired, CancellationToken cancellationToken)
    {
        await acquired.ConfigureAwait(false);
        await FlushAllAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Throws if the client is gone.</summary>
    protected Task Checked(ValueTask<bool> sent)
    {
        return sent is { IsCompletedSuccessfully: true, Result: true } ? Task.CompletedTask : Await(this, sent);

        static async Task Await(ServerResponse response, ValueTask<bool> sent)
        {
            if (!await sent.ConfigureAwait(false)) response.ThrowBroken();
        }
    }

    private void ThrowBroken()
    {
        IsBroken = true;
        throw new IOException("The client is gone: the response cannot be sent.");
    }
}
