using System.IO.Pipelines;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>
/// A response writer that passes everything to another: derive from it to change what is of interest. Whatever way a handler writes, as text or through <see cref="BodyWriter"/> too, comes through the
/// <c>Write</c> and <c>WriteAsync</c> that take bytes, so that these two see the whole body:
/// <code>
/// sealed class CountingWriter(ResponseWriter inner) : DelegatingResponseWriter(inner)
/// {
///     public long Bytes { get; private set; }
///     public override void Write(ReadOnlySpan&lt;byte&gt; data) { Bytes += data.Length; base.Write(data); }
///     public override Task WriteAsync(ReadOnlyMemory&lt;byte&gt; data, CancellationToken c = default) { Bytes += data.Length; return base.WriteAsync(data, c); }
/// }
/// </code>
/// </summary>
/// <remarks>
/// A file too: <see cref="ResponseWriter.SendFileAsync"/> reads it and writes it by <c>WriteAsync</c> here. A writer that does not look at the body says <c>SendFileAsync(...) => Inner.SendFileAsync(...)</c>, and
/// the kernel sends the file by itself.
/// </remarks>
/// <param name="inner">Where everything goes.</param>
public abstract class DelegatingResponseWriter(ResponseWriter inner) : ResponseWriter
{
    private DelegatingBodyWriter? _bodyWriter;

    /// <summary>Where everything goes.</summary>
    protected ResponseWriter Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public override Header Header => Inner.Header;

    /// <inheritdoc/>
    public override Header Trailers => Inner.Trailers;

    /// <inheritdoc/>
    public override int StatusCode { get => Inner.StatusCode; set => Inner.StatusCode = value; }

    /// <inheritdoc/>
    public override bool HasStarted => Inner.HasStarted;

    /// <inheritdoc/>
    /// <remarks>What is advanced here is written by <see cref="Write(ReadOnlySpan{byte})"/> of this object at once, and a flush is its <see cref="FlushAsync"/>.</remarks>
    public override PipeWriter BodyWriter => _bodyWriter ??= new DelegatingBodyWriter(this);

    internal override ServerResponse? Response => Inner.Response;

    /// <inheritdoc/>
    public override void WriteHeader(int statusCode) => Inner.WriteHeader(statusCode);

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> data) => Inner.Write(data);

    /// <inheritdoc/>
    public override Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) => Inner.WriteAsync(data, cancellationToken);

    /// <inheritdoc/>
    public override void Flush() => Inner.Flush();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken = default) => Inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override void SetReadDeadline(TimeSpan time) => Inner.SetReadDeadline(time);

    /// <inheritdoc/>
    public override void SetWriteDeadline(TimeSpan time) => Inner.SetWriteDeadline(time);

    /// <inheritdoc/>
    public override HijackedConnection Hijack() => Inner.Hijack();

    /// <inheritdoc/>
    public override void Abort() => Inner.Abort();

    /// <inheritdoc/>
    public override void OnStarting(Func<Task> callback) => Inner.OnStarting(callback);

    /// <inheritdoc/>
    public override void OnCompleted(Func<Task> callback) => Inner.OnCompleted(callback);
}
