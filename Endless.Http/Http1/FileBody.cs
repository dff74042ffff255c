using System.IO.Pipelines;
using Endless.Http.Connections;
using Endless.Http.Native;
using Endless.Http.Semantics;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http.Http1;

/// <summary>A part of a file as the body of a response, or a part of it, which the kernel sends from the page cache (sendfile(2)): without a copy, nginx's <c>sendfile on</c>.</summary>
/// <remarks>
/// <para>A piece at a time. After each the other connections of the loop have a turn, as after a mebibyte of other bytes. A client that takes a piece slowly, or not at all, is waited for as in every write.</para>
/// <para>Many small sends: with the server's <c>MaxUnsentBytes</c> the kernel asks for 64 KiB at a time, and a gibibyte took four times nginx's CPU. So once the kernel has taken a piece, it may have more of the file.
/// That is the page cache's memory and not this process's, and a client that stalls has taken most of a mebibyte for it; <c>MinResponseRate</c> ends it.</para>
/// <para>Blocked event loop: sendfile(2) waits for the disk, on the loop's thread. So a piece that is not in the page cache is read on a thread of the runtime's pool and copied, 64 KiB of it, and the kernel is told
/// to read what comes next: where the disk keeps up, the copy ends there. The monitor moves loops away from threads that a disk holds all the same (a piece that is in the cache in part).</para>
/// </remarks>
/// <param name="output">Of the connection; the head is in it, or was sent.</param>
/// <param name="files">The same.</param>
/// <param name="file">The file. It is held open while it is sent, though its owner may close it.</param>
/// <param name="isChunked">The body's framing.</param>
internal sealed class FileBody(PipeWriter output, IFileOutput files, SafeFileHandle file, bool isChunked)
{
    /// <summary>Less is copied: behind a head it goes in one call with it, and the kernel's way takes two.</summary>
    private const int MinBytes = 16 * 1024;

    private const int PieceBytes = 1024 * 1024;

    /// <summary>What the kernel may take beyond what is on its way, of a file that the client has taken a piece of: its own bound, of net.ipv4.tcp_wmem, where that was not changed.</summary>
    private const int MaxUnsentBytes = 4 * 1024 * 1024;

    /// <summary>A way to send a part of a file; null where there is none better than a copy.</summary>
    /// <param name="output">Of the connection; the head is in it, or was sent.</param>
    /// <param name="file">The file.</param>
    /// <param name="length">Of the part.</param>
    /// <param name="isChunked">The body's framing.</param>
    public static FileBody? For(PipeWriter output, SafeFileHandle file, long length, bool isChunked) =>
        length >= MinBytes && output is IFileOutput files ? new FileBody(output, files, file, isChunked) : null;

    /// <summary>Sends a part. False if the client is gone.</summary>
    /// <exception cref="EndOfStreamException">The file has become shorter.</exception>
    public async ValueTask<bool> SendAsync(long offset, long length, CancellationToken cancellationToken)
    {
        var isHeld = false;
        int? usual = null; // the bound that was lifted, or need not be
        try
        {
            // Descriptor reuse: the part is sent by its number.
            file.DangerousAddRef(ref isHeld);
            var part = new FilePart((int)file.DangerousGetHandle());
            for (var end = offset + length; offset < end;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = (int)Math.Min(end - offset, PieceBytes);
                var isCached = CachedRead.Has(file, offset, count);
                if (!isCached) count = Math.Min(count, FileCopy.BlockSize);
                if (isChunked) output.BeginChunk(count);
                part.Begin(offset, count);
                if (!await (isCached ? SendAsync(part, cancellationToken) : CopyAsync(part, cancellationToken)).ConfigureAwait(false)) return false;
                if (isChunked) output.EndChunk();
                offset += count;
                if (isCached && offset < end) usual ??= LiftBound();
                if (!isCached && offset < end) CachedRead.Announce(file, offset, Math.Min(end - offset, PieceBytes));
            }
            return true;
        }
        finally
        {
            if (usual > 0) files.MaxUnsentBytes = usual.Value;
            if (isHeld) file.DangerousRelease();
        }
    }

    /// <summary>What the bound was; 0 if it stays as it is, since more is allowed anyway.</summary>
    private int LiftBound()
    {
        var bound = files.MaxUnsentBytes;
        if (bound is 0 or >= MaxUnsentBytes) return 0;
        files.MaxUnsentBytes = MaxUnsentBytes;
        return bound;
    }

    private async ValueTask<bool> SendAsync(FilePart part, CancellationToken cancellationToken)
    {
        if ((await files.SendFileAsync(part, cancellationToken).ConfigureAwait(false)).IsCompleted) return false;
        if (part.Left == 0) return true;
        if (part.HasEnded) throw FileCopy.Ended(part.Offset, part.Left, RandomAccess.GetLength(file));
        // A file system without sendfile(2), or a disk that cannot be read: a read does it, or says why not.
        return await CopyAsync(part, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<bool> CopyAsync(FilePart part, CancellationToken cancellationToken) => FileCopy.CopyAsync(file, part.Offset, part.Left, async (block, token) =>
        !(await output.WriteAsync(block, token).ConfigureAwait(false)).IsCompleted, cancellationToken);
}
