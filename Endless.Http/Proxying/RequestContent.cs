using System.IO.Pipelines;
using System.Net;

namespace Endless.Http.Proxying;

/// <summary>A request's body on its way to a destination: from the client's blocks to the connection, flushed when the client has sent no more.</summary>
/// <param name="body">Read only when the destination is connected to, so that a request can go to another until then.</param>
/// <param name="length">Bytes; -1 if that is not known.</param>
/// <param name="watch">Told what is waited for.</param>
internal sealed class RequestContent(PipeReader body, long length, BackendWatch watch) : HttpContent
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _begun;

    /// <summary>Something of the body may be gone: the request cannot be sent once more.</summary>
    public bool HasBegun => Volatile.Read(ref _begun) != 0;

    /// <summary>Why the client's body could not be read to its end; null if it could.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Completes when nobody reads the body any more. Does not fail.</summary>
    public Task Ended => HasBegun ? _ended.Task : Task.CompletedTask;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _begun, 1) != 0) throw new InvalidOperationException("The body of a request was sent already.");
        try
        {
            await CopyAsync(stream, cancellationToken).ConfigureAwait(false);
            watch.AwaitHead();
        }
        finally
        {
            _ended.SetResult();
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return length >= 0;
    }

    /// <summary>Ends a read of the body that waits for the client: the exchange with the destination is over.</summary>
    public void Stop()
    {
        if (HasBegun) body.CancelPendingRead();
    }

    private async Task CopyAsync(Stream stream, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await ReadAsync(stream, cancellationToken).ConfigureAwait(false);
            watch.AwaitUpload();
            foreach (var segment in result.Buffer) await stream.WriteAsync(segment, cancellationToken).ConfigureAwait(false);
            body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
            if (result.IsCanceled) throw new OperationCanceledException("The read of the body was canceled.");
        }
    }

    private async ValueTask<ReadResult> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            if (body.TryRead(out var result)) return result;
        }
        catch (Exception exception)
        {
            Failure = exception;
            throw;
        }
        // The client has sent no more: what there is must not wait for the next of it.
        watch.AwaitUpload();
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        watch.AwaitClient();
        try
        {
            return await body.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Failure = exception;
            throw;
        }
    }
}
