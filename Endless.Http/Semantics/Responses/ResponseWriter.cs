using System.IO.Pipelines;
using System.Text;

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
    /// The status given to <see cref="WriteHeader"/> or implied by the first write; 0 before, also while an exception of the handler passes through middleware: the server answers that afterwards.
    /// When the request is over, the status that was sent.
    /// </summary>
    public abstract int StatusCode { get; }

    /// <summary>
    /// Fixes status and header. 100 to 199 (but 101) are sent at once and leave the header map for the final one; a second final status is logged and ignored.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 100 or above 999.</exception>
    public abstract void WriteHeader(int statusCode);

    /// <summary>
    /// Writes bytes of the body; the first write implies status 200. Buffered; where the client reads slower than the handler writes, blocks until it has caught up.
    /// </summary>
    /// <exception cref="InvalidOperationException">The status allows no body, or more was written than Content-Length declared.</exception>
    public abstract void Write(ReadOnlySpan<byte> data);

    /// <summary>Writes text as UTF-8.</summary>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    public virtual void Write(string text)
    {
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
    public virtual Task WriteAsync(string text, CancellationToken cancellationToken = default) =>
        WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);

    /// <summary>Sends what is buffered, the header first if it was not yet sent. Blocks while the client cannot take it.</summary>
    public abstract void Flush();

    /// <summary>Sends what is buffered, the header first if it was not yet sent.</summary>
    public abstract Task FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>The body as a pipe: what is advanced here is written as by <see cref="Write(ReadOnlySpan{byte})"/>.</summary>
    public abstract PipeWriter BodyWriter { get; }

    /// <summary>
    /// Takes the connection over from the server: the handler owns it from now on, and closes it (<see cref="HijackedConnection.Dispose"/>). Only before anything was written,
    /// and only on HTTP/1. The request's body is not to be used afterwards: what of it was not read comes with the connection, but for what of a chunked one was decoded by then, which is lost. Mirrors Go's <c>http.Hijacker</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">Something was written already, another flow reads the request's body, or the protocol cannot give its connection away (HTTP/2).</exception>
    public abstract HijackedConnection Hijack();
}
