using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Semantics;

// Parts of files, which need not come into this process's memory.
internal abstract partial class ServerResponse
{
    /// <summary>Bytes that a guess at a body's type looks at.</summary>
    private const int SniffedBytes = 512;

    /// <inheritdoc cref="ResponseWriter.SendFileAsync"/>
    /// <remarks>Of a part of a file as it is: it was checked, and its handle is kept open by the caller.</remarks>
    public async Task SendFileAsync(SafeFileHandle file, long offset, long length, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (HasPendingBody) await WritePendingAsync(cancellationToken).ConfigureAwait(false);
        if (_head.Status == 0 && OwesStart) await StartBeforeWriteAsync().ConfigureAwait(false);
        if (!Admit(length)) return;
        try
        {
            if (length <= BufferSize - _buffered) await BufferFileAsync(file, offset, (int)length, cancellationToken).ConfigureAwait(false);
            else await SendLargeFileAsync(file, offset, length, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!IsBroken && !IsEnded)
        {
            if (IsCommitted)
            {
                // A part of it may be on its way: without the rest, the response must not look whole.
                if (exception is not OperationCanceledException) logger.FileFailed(Request!, exception);
                Abort();
            }
            else
            {
                _written -= length;
            }
            throw;
        }
    }

    /// <summary>Sends a large part of a file behind everything before it: a copy, a block at a time, where the protocol has no better way.</summary>
    protected virtual async Task SendFileBodyAsync(SafeFileHandle file, long offset, long length, CancellationToken cancellationToken) =>
        await FileCopy.CopyAsync(file, offset, length, async (block, token) =>
        {
            await SendAsync(block, token).ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);

    private async Task BufferFileAsync(SafeFileHandle file, long offset, int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        await FileCopy.ReadAsync(file, bytes, offset, cancellationToken).ConfigureAwait(false);
        TryBuffer(bytes);
    }

    private async Task SendLargeFileAsync(SafeFileHandle file, long offset, long length, CancellationToken cancellationToken)
    {
        byte[] start = [];
        if (!IsCommitted)
        {
            if (GuessesType && _head.GuessesType && _buffered == 0)
            {
                start = new byte[Math.Min(length, SniffedBytes)];
                await FileCopy.ReadAsync(file, start, offset, cancellationToken).ConfigureAwait(false);
            }
            await AcquireOutputAsync().ConfigureAwait(false);
        }
        Commit(start);
        SendBuffered();
        if (!_isHead) await SendFileBodyAsync(file, offset, length, cancellationToken).ConfigureAwait(false);
    }
}
