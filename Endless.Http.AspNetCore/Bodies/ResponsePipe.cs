using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Endless.Http.Semantics;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.AspNetCore.Bodies;

/// <summary>
/// The body of a response as ASP.NET Core writes it: every write and every flush is to be sent, but not each by a call of its own. What was flushed leaves at the end of the loop's turn, or at once where the
/// application blocks the loop's thread; off the loop, soon and on the thread pool. Sixteen flushed pieces are then one send, and a response that is done by then has its Content-Length.
/// </summary>
/// <remarks>
/// <para>Race: the deferred flush may come at any time, on another thread than the application's. <see cref="_gate"/> is around everything that touches the engine's response, and one operation that waits for
/// the client (<see cref="_sending"/>) holds off all others. Whoever is inside has entered the request, so that its end waits for it and nobody enters afterwards.</para>
/// <para>As on Kestrel a client that is gone fails no write: what is written goes nowhere, and the request's token has fired.</para>
/// </remarks>
internal sealed class ResponsePipe(ServerResponse response, Request request, IResponseStart start) : PipeWriter, IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private ResponseBlocks _blocks = new(); // the application's flow
    private Task _sending = Task.CompletedTask;
    private Task _behind = Task.CompletedTask; // the last of the writes that came while another was sent
    private bool _isFlushAsked;
    private bool _isDeferred;
    private bool _isCompleted; // by the application, which may go on with its request
    private volatile bool _isClosed;
    private bool _isEnded;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _blocks.Length;

    /// <summary>What the application completed the body with; null for nothing.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Nobody uses the engine's response, or waits to. Under the gate.</summary>
    private bool IsFree => _sending.IsCompleted && _behind.IsCompleted;

    /// <summary>Nothing can be sent any more, and what is written goes nowhere.</summary>
    private bool GoesNowhere => response.IsBroken || response.IsAborted;

    /// <summary>The request's flow leaves the engine's response to this: until the body is closed, and again when the response is ended.</summary>
    private bool MayFlush => !_isClosed || _isEnded;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ThrowIfClosed();
        ThrowIfCompleted();
        return _blocks.Lend(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ThrowIfClosed();
        ThrowIfCompleted();
        _blocks.Advance(bytes);
    }

    public override void CancelPendingFlush() { }

    /// <summary>Nothing more is written. The response ends with its request all the same.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (_isCompleted) return;
        _isCompleted = true;
        Failure = exception;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => WriteAsync(default, cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        if (_isCompleted)
        {
            if (!source.IsEmpty) ThrowIfCompleted();
            return new(new FlushResult(isCanceled: false, isCompleted: true));
        }
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        if (!start.HasStarted && start.StartAsync() is { IsCompletedSuccessfully: false } starting) return StartAndWriteAsync(starting, source, cancellationToken);
        lock (_gate)
        {
            if (IsFree) return WriteNowAsync(source, cancellationToken);
            // In the order of the calls, and sent even if nobody waits for it, as on Kestrel. So its bytes are copied: the application may use their memory again.
            var write = WriteBehindAsync(_behind, source.ToArray(), cancellationToken);
            _behind = write;
            return new(write.WaitAsync(cancellationToken));
        }
    }

    /// <summary>Writes a part of a file, by sendfile(2) where the protocol allows that, and sends it.</summary>
    public async Task SendFileAsync(SafeFileHandle file, long offset, long length, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        if (!start.HasStarted) await start.StartAsync().ConfigureAwait(false);
        Task? sending = null;
        while (sending is null)
        {
            await Task.WhenAll(_sending, _behind).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            ThrowIfClosed();
            lock (_gate)
            {
                if (!IsFree) continue;
                request.EnterWrite("Response.SendFileAsync");
                sending = Track(PutFileAsync(file, offset, length, cancellationToken));
                AskFlush();
            }
        }
        await FinishAsync(sending).ConfigureAwait(false);
    }

    /// <summary>The application is done with the body: nothing is written from now on but what was advanced. What is left is the engine's to send.</summary>
    /// <param name="isLost">What was advanced and not flushed is dropped: the application failed.</param>
    public ValueTask CloseAsync(bool isLost = false)
    {
        if (_isClosed) return default;
        if (isLost) _blocks.Clear();
        lock (_gate)
        {
            if (IsFree && _blocks.Length == 0)
            {
                _isClosed = true;
                return default;
            }
        }
        return CloseBehindAsync();
    }

    /// <summary>The response was ended before its request is over: what is left of it leaves as what was flushed does.</summary>
    public void OnEnded()
    {
        lock (_gate)
        {
            _isEnded = true;
            AskFlush();
        }
    }

    /// <summary>Sends what was flushed: the response is about to be cut, or others are to be waited for. Does not throw.</summary>
    public async ValueTask SendAsync()
    {
        Task sending;
        lock (_gate)
        {
            if (_isFlushAsked && _sending.IsCompleted) Flush();
            sending = _sending;
        }
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The end of the loop's turn has come, or the loop has left the application's thread.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        lock (_gate)
        {
            _isDeferred = false;
            if (_isFlushAsked && MayFlush && _sending.IsCompleted) Flush();
        }
    }

    /// <summary>
    /// Puts what was advanced, and <paramref name="source"/> behind it, into the response. Under the gate; fails only as the application's mistake. Completes when the request was left too: whether it is left here is decided
    /// by one look at the write, which another thread may complete at any moment.
    /// </summary>
    private Task Put(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        var length = _blocks.Length + source.Length;
        if (length == 0) return Task.CompletedTask;
        if (start.DeclaredLength >= 0 && response.BodyBytes + length > start.DeclaredLength && !GoesNowhere)
        {
            _blocks.Clear();
            return Task.FromException(new InvalidOperationException($"Response Content-Length mismatch: too many bytes written ({response.BodyBytes + length} of {start.DeclaredLength})."));
        }
        if (start.ForbidsBody)
        {
            _blocks.Clear();
            return request.Method == "HEAD" ? Task.CompletedTask : Task.FromException(new InvalidOperationException($"Writing to the response body is invalid for responses with status code {response.StatusCode}."));
        }
        request.EnterWrite("Response.Body");
        Task write;
        try
        {
            write = _blocks.Length == 0 ? response.WriteAsync(source, cancellationToken) : PutBlocksAsync(source, cancellationToken);
        }
        catch (Exception exception)
        {
            write = Task.FromException(exception);
        }
        if (!write.IsCompleted) return Track(write);
        request.LeaveWrite();
        return IsLost(write) ? Task.CompletedTask : write;
    }

    private async Task PutBlocksAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        while (_blocks.Length > 0)
        {
            var written = response.BodyBytes;
            try
            {
                await response.WriteAsync(_blocks.Next, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                // Also after a cancel: the bytes are then in the output, or will never be. But not after one that came before anything was written: whoever writes on would leave a hole.
                if (response.BodyBytes > written || !cancellationToken.IsCancellationRequested) _blocks.Drop();
            }
        }
        if (!source.IsEmpty) await response.WriteAsync(source, cancellationToken).ConfigureAwait(false);
    }

    private async Task PutFileAsync(SafeFileHandle file, long offset, long length, CancellationToken cancellationToken)
    {
        await PutBlocksAsync(default, cancellationToken).ConfigureAwait(false);
        if (length > 0) await response.SendFileAsync(file, offset, length, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A write that failed because its client is gone, or because the response was given up.</summary>
    private bool IsLost(Task write) => write.IsFaulted && (write.Exception!.InnerException is IOException || response.IsAborted);

    private void AskFlush()
    {
        _isFlushAsked = true;
        // Lost wake-up: that one was asked for before is not enough. It may have come while the flow had the response, and was left to this.
        if (_isDeferred) return;
        _isDeferred = true;
        if (request.Connection is { } connection) connection.Defer(this);
        else ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    /// <summary>Sends what is in the response. Under the gate, while nothing is sent.</summary>
    private void Flush()
    {
        _isFlushAsked = false;
        if (GoesNowhere || !request.TryEnterWrite()) return;
        Task flush;
        try
        {
            flush = response.FlushAsync(default);
        }
        catch (Exception exception)
        {
            flush = Task.FromException(exception);
        }
        if (flush.IsCompleted) request.LeaveWrite();
        else Track(flush);
    }

    /// <summary>Has an operation that waits for the client hold off all others until it has left the request. Under the gate.</summary>
    private Task Track(Task operation)
    {
        var sending = EndSendingAsync(operation);
        // Race: it may be done by now, and a flush behind it be under way in its place.
        if (!sending.IsCompleted) _sending = sending;
        return sending;
    }

    /// <summary>Leaves the request when an operation has waited long enough, and sends what was flushed meanwhile.</summary>
    private async Task EndSendingAsync(Task operation)
    {
        await operation.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            request.LeaveWrite();
            if (_isFlushAsked && !_isDeferred && MayFlush) Flush();
        }
        if (operation.IsCanceled || (operation.IsFaulted && !IsLost(operation))) await operation.ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> FinishAsync(Task write)
    {
        try
        {
            await write.ConfigureAwait(false);
        }
        finally
        {
            await HandlerThread.ReturnAsync(request.Scheduling); // what the application catches it handles there too
        }
        return new FlushResult(isCanceled: false, isCompleted: GoesNowhere);
    }

    private async ValueTask<FlushResult> StartAndWriteAsync(ValueTask starting, ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        await starting.ConfigureAwait(false);
        return await WriteAsync(source, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes while nothing else is sent. Under the gate.</summary>
    private ValueTask<FlushResult> WriteNowAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        var write = Put(source, cancellationToken);
        AskFlush();
        return write.IsCompletedSuccessfully ? new(new FlushResult(isCanceled: false, isCompleted: GoesNowhere)) : FinishAsync(write);
    }

    private async Task<FlushResult> WriteBehindAsync(Task before, byte[] source, CancellationToken cancellationToken)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (true)
        {
            await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            ValueTask<FlushResult> write;
            lock (_gate)
            {
                if (!_sending.IsCompleted) continue;
                write = WriteNowAsync(source, cancellationToken);
            }
            return await write.ConfigureAwait(false);
        }
    }

    private async ValueTask CloseBehindAsync()
    {
        while (true)
        {
            await Task.WhenAll(_sending, _behind).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_blocks.Length > 0 && !start.HasStarted) await start.StartAsync().ConfigureAwait(false);
            Task write;
            lock (_gate)
            {
                if (!IsFree) continue;
                _isClosed = true;
                write = Put(default, CancellationToken.None);
            }
            await write.ConfigureAwait(false);
            return;
        }
    }

    private void ThrowIfCompleted()
    {
        if (_isCompleted) throw new InvalidOperationException("Writing is not allowed after writer was completed.");
    }

    private void ThrowIfClosed()
    {
        if (_isClosed || request.IsOver) throw new ObjectDisposedException("Response.Body", $"Cannot write to the response body, the response has completed: {request.Name}.");
    }
}
