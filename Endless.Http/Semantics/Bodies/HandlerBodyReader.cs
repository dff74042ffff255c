using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Endless.Http.Semantics;

/// <summary>A request's body as its handler sees it: the engine's, for as long as the request lives.</summary>
/// <remarks>
/// One operation at a time enters, since the engine's is one flow's: an overlapping one is refused. What only tidies up (<see cref="Complete"/>, <see cref="CancelPendingRead"/>) does
/// nothing when the request is over and does not throw: a callback of the request's cancellation may well call it then.
/// </remarks>
internal sealed class HandlerBodyReader(RequestBody body, Request request) : PipeReader
{
    /// <summary>Bytes the handler is willing to read; -1 for no limit.</summary>
    public long MaxBytes
    {
        get
        {
            request.Enter("Request.MaxBodyBytes");
            var bytes = body.MaxBytes;
            request.Leave();
            return bytes;
        }
        set
        {
            request.Enter("Request.MaxBodyBytes");
            body.MaxBytes = value;
            request.Leave();
        }
    }

    /// <summary>The trailer section; null until the body has been read to its end, and where there is none.</summary>
    public FieldLines? Trailers
    {
        get
        {
            request.Enter("Request.Trailers");
            var trailers = body.Trailers;
            request.Leave();
            return trailers;
        }
    }

    /// <inheritdoc cref="RequestBody.SetLeastRate"/>
    public void SetLeastRate(int bytesPerSecond, int grace)
    {
        request.Enter("Request.Body");
        body.SetLeastRate(bytesPerSecond, grace);
        request.Leave();
    }

    public override bool TryRead(out ReadResult result)
    {
        request.EnterRead("Request.Body.TryRead");
        try
        {
            return body.TryRead(out result);
        }
        finally
        {
            request.LeaveRead();
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        request.EnterRead("Request.Body.ReadAsync");
        ValueTask<ReadResult> read;
        try
        {
            read = body.ReadAsync(cancellationToken);
            if (!read.IsCompletedSuccessfully) return AwaitAsync(read);
        }
        catch
        {
            request.LeaveRead();
            throw;
        }
        // Use after free: read once, and before the source may be reused.
        var result = read.Result;
        // The read may have waited, and be complete only because the engine ended it.
        if (!request.LeaveRead()) throw request.Late("Request.Body.ReadAsync");
        return new(result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        request.EnterRead("Request.Body.AdvanceTo");
        try
        {
            body.AdvanceTo(consumed, examined);
        }
        finally
        {
            request.LeaveRead();
        }
    }

    public override void CancelPendingRead()
    {
        if (!request.TryEnter()) return;
        body.CancelPendingRead();
        request.Leave();
    }

    /// <summary>The handler reads no more; what it has not read is thrown away when it is done.</summary>
    public override void Complete(Exception? exception = null) { }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> AwaitAsync(ValueTask<ReadResult> read)
    {
        ReadResult result;
        var isOver = false;
        try
        {
            result = await read.ConfigureAwait(false);
        }
        finally
        {
            isOver = !request.LeaveRead();
            await HandlerThread.ReturnAsync(request.Scheduling); // what the handler catches it handles there too
        }
        if (isOver) throw request.Late("Request.Body.ReadAsync");
        return result;
    }
}
