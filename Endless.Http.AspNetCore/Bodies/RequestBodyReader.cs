using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Endless.Http.AspNetCore.Headers;
using Endless.Http.Semantics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Endless.Http.AspNetCore.Bodies;

/// <summary>The body of a request as ASP.NET Core reads it: within a size that the application may change until the first read, and failing with <see cref="BadHttpRequestException"/>.</summary>
internal sealed class RequestBodyReader(Request request, ServerResponse response, long? maxBytes) : PipeReader
{
    private readonly PipeReader _body = request.Body;
    private long? _maxBytes = maxBytes;
    private long _consumed;
    private ReadOnlySequence<byte> _last;
    private bool _isReading; // a result is with the application
    private bool _isCompleted;

    /// <summary>A read was begun: <see cref="MaxBytes"/> cannot be changed.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>All of it was read.</summary>
    public bool IsReadToEnd { get; private set; }

    /// <summary>The application has given its request up. Of a request that is over, whose response may be another's, nobody asks.</summary>
    private bool IsAborted => !request.IsOver && response.IsAborted;

    /// <summary>The largest body that is let in; null for any.</summary>
    public long? MaxBytes
    {
        get => _maxBytes;
        set
        {
            if (HasBegun) throw new InvalidOperationException("The maximum request body size cannot be modified after the app has already started reading from the request body.");
            if (value is < 0) throw new ArgumentOutOfRangeException(nameof(value), value, "Value must be null or a non-negative number.");
            _maxBytes = value;
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        Begin();
        try
        {
            if (!_body.TryRead(out result)) return false;
        }
        catch (RequestBodyException exception)
        {
            throw BadRequest(exception);
        }
        result = Take(result);
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        Begin();
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        ValueTask<ReadResult> read;
        try
        {
            read = _body.ReadAsync(cancellationToken);
        }
        catch (RequestBodyException exception)
        {
            return ValueTask.FromException<ReadResult>(BadRequest(exception));
        }
        return read.IsCompletedSuccessfully ? new(Take(read.Result)) : AwaitAsync(read);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_isReading) throw new InvalidOperationException("No reading operation to complete.");
        _isReading = false;
        if (_maxBytes is not null && !_last.IsEmpty) _consumed += _last.Slice(0, consumed).Length;
        _last = default;
        _body.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => _body.CancelPendingRead();

    /// <summary>Nothing more is read: what is left is thrown away when the application is done.</summary>
    public override void Complete(Exception? exception = null)
    {
        _isCompleted = true;
        _body.Complete(exception);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> AwaitAsync(ValueTask<ReadResult> read)
    {
        try
        {
            var result = await read.ConfigureAwait(false);
            if (!result.IsCanceled || !IsAborted) return Take(result);
            _body.AdvanceTo(result.Buffer.Start);
        }
        catch (RequestBodyException) when (IsAborted)
        {
        }
        catch (RequestBodyException exception)
        {
            throw BadRequest(exception);
        }
        // As on Kestrel a read that waits is cancelled, and the next one told why.
        throw new TaskCanceledException("The request was aborted by the application.");
    }

    private void Begin()
    {
        if (_isCompleted) throw new InvalidOperationException("Reading is not allowed after the reader was completed.");
        if (IsAborted) throw new ConnectionAbortedException("The connection was aborted by the application.");
        if (HasBegun) return;
        HasBegun = true;
        if (request.ContentLength > _maxBytes) throw TooLarge();
    }

    private ReadResult Take(in ReadResult result)
    {
        if (_maxBytes is { } most)
        {
            if (_consumed + result.Buffer.Length > most)
            {
                _body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                throw TooLarge();
            }
            _last = result.Buffer;
        }
        if (result.IsCompleted) End(result);
        _isReading = true;
        return result;
    }

    /// <summary>The trailers are there: on Kestrel no application sees a value that is not UTF-8.</summary>
    private void End(in ReadResult result)
    {
        if (_body is HandlerBodyReader { Trailers: { } trailers } && !HeaderText.AreUtf8(trailers))
        {
            _body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            throw new BadHttpRequestException("Malformed request: invalid headers.", StatusCodes.Status400BadRequest);
        }
        IsReadToEnd = true;
    }

    private BadHttpRequestException TooLarge() => new($"Request body too large. The max request body size is {_maxBytes} bytes.", StatusCodes.Status413PayloadTooLarge);

    private BadHttpRequestException BadRequest(RequestBodyException exception)
    {
        var isCutShort = exception.StatusCode == StatusCodes.Status400BadRequest && request.Connection is { PeerClosed: true };
        return new(isCutShort ? "Unexpected end of request content." : exception.Message, exception.StatusCode, exception);
    }
}
