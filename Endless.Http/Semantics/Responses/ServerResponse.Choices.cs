using System.Text.Unicode;
using Endless.Http.Loops;

namespace Endless.Http.Semantics;

// What is chosen before the head is fixed, who is told of it, and how a response is given up.
internal abstract partial class ServerResponse
{
    private const int Hijacked = 1;
    private const int Aborted = 2;

    private ResponseCallbacks? _callbacks; // most responses have none
    private int _chosen; // the status that the handler set and has not fixed; 0 for none
    private int _end; // 0 as long as it is a response, or one of the two above, for good

    /// <summary>The handler took the connection over.</summary>
    public bool IsHijacked
    {
        get => Volatile.Read(ref _end) == Hijacked;
        protected set
        {
            if (value && Interlocked.CompareExchange(ref _end, Hijacked, 0) != 0) ThrowIfEnded();
        }
    }

    /// <summary>The handler gave the response up.</summary>
    public bool IsAborted => Volatile.Read(ref _end) == Aborted;

    /// <summary>No response follows: the connection was taken over, or the response given up.</summary>
    public bool IsEnded => Volatile.Read(ref _end) != 0;

    /// <summary>The handler failed, or gave the response up, when it was too late for another: the client sees that it is not whole.</summary>
    public bool IsCut { get; set; }

    /// <summary>The handler failed because its client was gone.</summary>
    public bool IsGivenUp { get; set; }

    /// <summary>Somebody is to be told of the response: <see cref="StartAsync"/> is to be called.</summary>
    public bool HasCallbacks => _callbacks is not null;

    /// <summary>Somebody is to be told that the response is over, or something to be disposed of then: <see cref="CompleteAsync"/> is to be called. Once the request is over.</summary>
    public bool OwesCompletion => _callbacks is not null || Request!.HasDisposables;

    /// <summary>Somebody is still to be told before the head is fixed.</summary>
    public bool OwesStart => _callbacks is { HasStarting: true } && _head.Status == 0;

    /// <summary>The status that the handler has fixed or set; 0 for none.</summary>
    public int ChosenStatus => _head.Status != 0 ? _head.Status : IsAborted ? 0 : _chosen;

    /// <inheritdoc cref="ResponseWriter.StatusCode"/>
    public void Choose(int statusCode)
    {
        if (statusCode is (< 200 or > 999) and not 101)
            throw new ArgumentOutOfRangeException(nameof(statusCode), statusCode, "The status of a final response is 200 to 999, or 101 (RFC 9110 section 15). WriteHeader sends an interim one (100 to 199).");
        ThrowIfEnded();
        if (_head.Status != 0)
            throw new InvalidOperationException($"The response to {Request!.Name} has begun with status {_head.Status}: set StatusCode before WriteHeader and the first write, or in a callback of OnStarting.");
        if (statusCode == 101 && RefusesUpgrade is { } reason) throw new InvalidOperationException(reason);
        _chosen = statusCode;
    }

    /// <inheritdoc cref="ResponseWriter.OnStarting(Func{Task})"/>
    public void OnStarting(Func<Task> callback)
    {
        ThrowIfEnded();
        if (_head.Status != 0)
            throw new InvalidOperationException($"The response to {Request!.Name} has begun with status {_head.Status}: call OnStarting before WriteHeader and the first write.");
        Callbacks.AddStarting(callback);
    }

    /// <inheritdoc cref="ResponseWriter.OnCompleted(Func{Task})"/>
    public void OnCompleted(Func<Task> callback) => Callbacks.AddCompleted(callback);

    /// <inheritdoc cref="ResponseWriter.Abort"/>
    public void Abort()
    {
        // Race: the flag comes first. A write that does not see it is inside already, and is ended.
        if (Interlocked.CompareExchange(ref _end, Aborted, 0) == 0) OnAborted();
        else ThrowIfHijacked();
    }

    /// <summary>
    /// The handler is done, and its request is not over yet: tells those who want to know before the head is fixed, and fixes it. Of the answer to a handler that failed they can change the header
    /// only, so that no 500 becomes a 200 by a callback that does not know of it.
    /// </summary>
    /// <param name="failure">What the handler ended by; null if it did not fail.</param>
    /// <returns>The same, or what a callback threw.</returns>
    public async ValueTask<Exception?> StartAsync(Exception? failure)
    {
        // A write that was left behind begins the response by itself.
        if (!OwesStart || IsEnded || IsBroken || failure is AbortHandlerException || Request is not { } request || !request.TryEnterWrite()) return failure;
        try
        {
            while (failure is not AbortHandlerException && _callbacks!.TryTakeStarting(out var callback))
            {
                _chosen = failure is null ? FinalStatus : Rejections.StatusOf(failure);
                try
                {
                    await callback().ConfigureAwait(false);
                }
                catch (Exception exception)
                {
                    if (failure is not null) logger.CallbackFailed("OnStarting", request, exception);
                    failure ??= exception;
                }
            }
            if (failure is null && _head.Status == 0) FixHead(FinalStatus);
        }
        finally
        {
            request.LeaveWrite();
        }
        return failure;
    }

    /// <summary>The response and its request are over: tells those who want to know, and disposes of what lived as long as the request. Does not throw.</summary>
    public async ValueTask CompleteAsync(Request request)
    {
        await HandlerThread.ReturnAsync(request.Scheduling);
        while (_callbacks is { } callbacks && callbacks.TryTakeCompleted(out var callback))
        {
            try
            {
                await callback().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                logger.CallbackFailed("OnCompleted", request, exception);
            }
        }
        _callbacks = null;
        while (request.TryTakeDisposable(out var disposable))
        {
            try
            {
                disposable.Dispose();
            }
            catch (Exception exception)
            {
                logger.DisposeFailed(disposable.GetType().Name, request, exception);
            }
        }
    }

    /// <summary>Answers in place of the handler, before the head was sent: with the fields that it, or middleware around it, had set for any answer, but for those about its body.</summary>
    public void Refuse(Rejection rejection)
    {
        Replace(rejection);
        Finish();
    }

    /// <summary>Answers what a handler asked for by an exception, before the head was sent; the response is still to be ended. Content sniffing: the reason may repeat what a client sent.</summary>
    public Rejection Answer(HttpErrorException error)
    {
        var rejection = Rejections.Of(error);
        _header.ReleaseSnapshot();
        _header.Set("X-Content-Type-Options", "nosniff");
        Replace(rejection);
        return rejection;
    }

    /// <summary>As <see cref="Refuse"/>, but the response is still to be ended, as a handler's own is.</summary>
    private void Replace(Rejection rejection)
    {
        _header.ReleaseSnapshot();
        ResetBody();
        foreach (var name in Rejection.FieldsOfBody) _header.Remove(name);
        _header.Set("Content-Type", "text/plain; charset=utf-8");
        FixHead(rejection.Status);
        Span<byte> text = stackalloc byte[BufferSize];
        Utf8.FromUtf16(rejection.Text, text, out _, out var length); // what of a long one has room
        if (Admit(length)) TryBuffer(text[..length]);
    }

    /// <summary>The response was given up: ends a write under way, and tells the client if the protocol can. Any thread.</summary>
    protected abstract void OnAborted();

    protected void ThrowIfHijacked()
    {
        if (IsHijacked) throw new InvalidOperationException("The handler took the connection over; there is no response any more.");
    }

    private ResponseCallbacks Callbacks
    {
        get
        {
            if (_callbacks is null) Interlocked.CompareExchange(ref _callbacks, new ResponseCallbacks(), null);
            return _callbacks;
        }
    }

    private void ThrowIfEnded()
    {
        if (_end == 0) return;
        ThrowIfHijacked();
        throw new InvalidOperationException($"The response to {Request!.Name} was aborted: return from the handler after Abort.");
    }

    /// <summary>Tells those who want to know before the head is fixed. They may choose another status.</summary>
    private void Start(int statusCode)
    {
        _chosen = statusCode;
        while (_callbacks!.TryTakeStarting(out var callback)) BlockingWait.Wait(callback());
    }

    /// <inheritdoc cref="Start"/>
    private async Task StartBeforeWriteAsync()
    {
        _chosen = FinalStatus;
        while (_callbacks!.TryTakeStarting(out var callback)) await callback().ConfigureAwait(false);
    }

    private void FixHead(int statusCode)
    {
        if (!_head.TryFix(statusCode, _header, DescribesUnchanged)) logger.InvalidContentLength(Request!);
    }
}
