using System.IO.Pipelines;
using System.Text;
using Endless.Http.Semantics;
using Microsoft.Win32.SafeHandles;

namespace Endless.Http;

/// <summary>
/// Where a handler writes its answer. Mirrors Go's <c>http.ResponseWriter</c>, with <c>Flusher</c> and <c>Hijacker</c> built in.
/// Derive from it to wrap one (middleware) or to record what a handler writes (tests).
/// </summary>
/// <remarks>
/// <para>A server's is made for one request. When its handler is done every member but <see cref="StatusCode"/> throws <see cref="InvalidOperationException"/>, which is logged once with the route; a
/// write that is still under way then is finished before the response ends.</para>
/// <para>One write or flush at a time: another that begins while one is under way throws <see cref="InvalidOperationException"/>, and the response then does not end as if it were whole.</para>
/// </remarks>
public abstract class ResponseWriter
{
    /// <summary>The header fields to send. Changes after <see cref="WriteHeader"/> or the first write have no effect.</summary>
    public abstract Header Header { get; }

    /// <summary>The fields to send after the body (RFC 9110 section 6.5). Announce them in the <c>Trailer</c> field before the first write.</summary>
    public abstract Header Trailers { get; }

    /// <summary>
    /// The status: as set here, given to <see cref="WriteHeader"/>, or implied by the first write; 0 as long as nobody has chosen one, also while an exception of the handler passes through middleware: the
    /// server answers that afterwards. When the request is over, the status that was sent. Set it as long as <see cref="HasStarted"/> is false: the first write sends it, or the handler's end. 200 to
    /// 999, or 101; an interim response (103) is what <see cref="WriteHeader"/> sends.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no status of a final response.</exception>
    /// <exception cref="InvalidOperationException">The head is fixed already, or the protocol has no 101 (HTTP/2).</exception>
    public abstract int StatusCode { get; set; }

    /// <summary>Status and header are fixed, by <see cref="WriteHeader"/> or the first write, though nothing of them may have been sent: setting <see cref="StatusCode"/> throws from now on. ASP.NET Core's <c>HasStarted</c>.</summary>
    public abstract bool HasStarted { get; }

    /// <summary>
    /// Fixes status and header. 100 to 199 (but 101) are sent at once and leave the header map for the final one; a second final status is logged and ignored.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 100 or above 999.</exception>
    public abstract void WriteHeader(int statusCode);

    /// <summary>
    /// Writes bytes of the body; the first write implies status 200. Buffered; where the client reads slower than the handler writes, blocks until it has caught up.
    /// </summary>
    /// <exception cref="InvalidOperationException">The status allows no body, more was written than Content-Length declared, or the response was aborted.</exception>
    public abstract void Write(ReadOnlySpan<byte> data);

    /// <summary>Writes text as UTF-8.</summary>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    public virtual void Write(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var count = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (count <= 512)
        {
            Span<byte> bytes = stackalloc byte[512];
            Write(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
        }
        else
        {
            Write(Encoding.UTF8.GetBytes(text));
        }
    }

    /// <summary>Writes bytes of the body; the task completes when they are buffered or sent, without blocking a thread meanwhile.</summary>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    public abstract Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default);

    /// <summary>Writes text as UTF-8.</summary>
    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public virtual Task WriteAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
    }

    /// <summary>
    /// Writes a part of a file to the body. A server's writer hands it to the kernel where it can (HTTP/1 without TLS: sendfile(2)), which reads it into no memory of the process; elsewhere it is copied, 64 KiB at a
    /// time, never more than the client takes. Set <c>Content-Length</c> first, or the response is chunked. Nothing is sent if the file is shorter; if it is cut off while it is sent, or cannot be read,
    /// or the write is canceled when it has begun, the response is aborted (<see cref="Abort"/>), since nothing else may follow. A file that is written over meanwhile arrives as a mixture: replace it by a rename.
    /// ASP.NET Core's <c>SendFileAsync</c>.
    /// </summary>
    /// <remarks>
    /// The handle stays the caller's: it is held open until the task is complete, and its position is not used. In a writer that does not override this, and so in what derives from
    /// <see cref="DelegatingResponseWriter"/>, the file is read and goes through <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.
    /// </remarks>
    /// <param name="file">A regular file, open for reading.</param>
    /// <param name="offset">Where the part begins: bytes from the file's start.</param>
    /// <param name="length">Bytes of it; 0 writes nothing.</param>
    /// <param name="cancellationToken">Ends the write, with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Offset or length is negative.</exception>
    /// <exception cref="NotSupportedException">It is a pipe, a socket or a terminal.</exception>
    /// <exception cref="EndOfStreamException">The file ends before the part does.</exception>
    /// <exception cref="IOException">The client is gone, or the file cannot be read.</exception>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte})" path="/exception"/>
    public virtual Task SendFileAsync(SafeFileHandle file, long offset, long length, CancellationToken cancellationToken = default)
    {
        FileCopy.Check(file, offset, length);
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled(cancellationToken);
        return CopyFileAsync(file, offset, length, cancellationToken);
    }

    /// <summary>Sends what is buffered, the header first if it was not yet sent. Blocks while the client cannot take it.</summary>
    public abstract void Flush();

    /// <summary>Sends what is buffered, the header first if it was not yet sent.</summary>
    public abstract Task FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>The body as a pipe: what is advanced here is written as by <see cref="Write(ReadOnlySpan{byte})"/>.</summary>
    public abstract PipeWriter BodyWriter { get; }

    /// <summary>
    /// How long all of this request's body may still take to arrive, from now, in the place of <see cref="EndlessServer.ReadTimeout"/>: for long uploads. From the next read on; then reads fail with
    /// <see cref="RequestBodyException"/>. The least rate (<see cref="EndlessServer.MinRequestBodyRate"/>) holds all the same. Any number of times. Go's <c>ResponseController.SetReadDeadline</c>.
    /// </summary>
    /// <param name="time">0 for none left; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, and not infinite.</exception>
    /// <exception cref="NotSupportedException">This writer has no deadlines.</exception>
    /// <exception cref="InvalidOperationException">The request is over.</exception>
    public virtual void SetReadDeadline(TimeSpan time) => throw new NotSupportedException($"{nameof(SetReadDeadline)} is a server's: a writer around another passes it on.");

    /// <summary>
    /// How long this response may still take to be sent, from now, in the place of <see cref="EndlessServer.WriteTimeout"/>: for long downloads and event streams. A write that waits for its client then fails with
    /// <see cref="IOException"/>; HTTP/2 resets the stream, also where no write waits. On HTTP/1 it holds from the next write on, and for those that the client takes at once not at all. The least rate
    /// (<see cref="EndlessServer.MinResponseRate"/>) holds all the same. Any number of times. Go's <c>ResponseController.SetWriteDeadline</c>.
    /// </summary>
    /// <inheritdoc cref="SetReadDeadline"/>
    public virtual void SetWriteDeadline(TimeSpan time) => throw new NotSupportedException($"{nameof(SetWriteDeadline)} is a server's: a writer around another passes it on.");

    /// <summary>
    /// Takes the connection over from the server: the handler owns it from now on, and closes it (<see cref="HijackedConnection.Dispose"/>). Only before anything was written,
    /// and only on HTTP/1. The request's body is not to be used afterwards: what of it was not read comes with the connection, but for what of a chunked one was decoded by then, which is lost. Mirrors Go's <c>http.Hijacker</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">Something was written already, another flow reads the request's body, or the protocol cannot give its connection away (HTTP/2).</exception>
    public abstract HijackedConnection Hijack();

    /// <summary>
    /// Gives the response up silently, as <see cref="AbortHandlerException"/> does, but without an exception: the client sees that it is not whole. HTTP/1 closes the connection once the handler has
    /// returned, with a reset where the client could take a close for the response's end; HTTP/2 resets the stream at once. Fires <see cref="Request.Cancellation"/>; a write under way ends with
    /// <see cref="IOException"/>, and later ones throw <see cref="InvalidOperationException"/>. From any thread, also while another writes; a second call does nothing. ASP.NET Core's <c>HttpContext.Abort</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The request is over, or its connection was hijacked: <see cref="HijackedConnection.Dispose"/> closes that.</exception>
    public abstract void Abort();

    /// <summary>
    /// Has <paramref name="callback"/> called once, just before status and header are fixed, the last registered first: it may still change <see cref="StatusCode"/> and <see cref="Header"/>, and must not
    /// write. Also where the handler writes nothing, and where the server answers for one that failed: of that answer the header alone can be changed. Not for interim responses, a
    /// hijacked connection or a response that was aborted. What it throws, the write throws that it was called for. ASP.NET Core's <c>Response.OnStarting</c>.
    /// </summary>
    /// <remarks>A synchronous write blocks its thread until the callback's task is complete.</remarks>
    /// <exception cref="InvalidOperationException"><see cref="HasStarted"/> is true.</exception>
    public abstract void OnStarting(Func<Task> callback);

    /// <inheritdoc cref="OnStarting(Func{Task})"/>
    public virtual void OnStarting(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        OnStarting(() =>
        {
            callback();
            return Task.CompletedTask;
        });
    }

    /// <summary>
    /// Has <paramref name="callback"/> called once, when the response is over, whatever its end: sent (its last bytes may still be on their way), aborted, failed, or hijacked and the handler returned. The last
    /// registered is called first, each when the one before is complete. The request is over by then: <see cref="StatusCode"/> and what of the request stays true can be read, and nothing written. What it
    /// throws is logged, and the client sees none of it; but an HTTP/1 connection, and a drain, wait until it is done. ASP.NET Core's <c>Response.OnCompleted</c>.
    /// </summary>
    public abstract void OnCompleted(Func<Task> callback);

    /// <summary>The server's response that all this ends in; null where it ends elsewhere.</summary>
    internal virtual ServerResponse? Response => null;

    /// <inheritdoc cref="OnCompleted(Func{Task})"/>
    public virtual void OnCompleted(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        OnCompleted(() =>
        {
            callback();
            return Task.CompletedTask;
        });
    }

    private async Task CopyFileAsync(SafeFileHandle file, long offset, long length, CancellationToken cancellationToken)
    {
        var hasBegun = false;
        try
        {
            await FileCopy.CopyAsync(file, offset, length, async (block, token) =>
            {
                hasBegun = true;
                await WriteAsync(block, token).ConfigureAwait(false);
                return true;
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (hasBegun && e is IOException or OperationCanceledException)
        {
            Abort(); // a part of it may be on its way, and without the rest the response must not look whole
            throw;
        }
    }
}
