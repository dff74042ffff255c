using System.Buffers;

namespace Endless.Http;

/// <summary>A response on its way to the client, and a copy of it as long as it is small enough to be stored.</summary>
internal sealed class CacheWriter : DelegatingResponseWriter
{
    private readonly int _maxBytes;
    private readonly List<KeyValuePair<string, string>> _before = [];
    private ArrayBufferWriter<byte>? _body = new();
    private bool _isSpoiled;

    /// <param name="inner">The client's.</param>
    /// <param name="maxBytes">Of a body that is copied.</param>
    public CacheWriter(ResponseWriter inner, int maxBytes) : base(inner)
    {
        _maxBytes = maxBytes;
        foreach (var field in inner.Header) _before.Add(field);
        // The first registered is the last called: what handlers further in change at the last moment is in the copy, and what those further out add is not.
        inner.OnStarting(CopyHead);
    }

    /// <summary>The status; 0 if nothing was written, so that nothing is fixed.</summary>
    public int CopiedStatus { get; private set; }

    /// <summary>The fields that were set behind this middleware.</summary>
    public List<KeyValuePair<string, string>> Fields { get; } = [];

    /// <summary>The body; null for a response that cannot be stored.</summary>
    public ReadOnlyMemory<byte>? Body => _isSpoiled ? null : _body?.WrittenMemory;

    /// <summary>Fields behind the body are not stored.</summary>
    public override Header Trailers
    {
        get
        {
            Spoil();
            return base.Trailers;
        }
    }

    public override void Write(ReadOnlySpan<byte> data)
    {
        base.Write(data);
        Copy(data);
    }

    public override async Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        await base.WriteAsync(data, cancellationToken).ConfigureAwait(false);
        Copy(data.Span);
    }

    public override HijackedConnection Hijack()
    {
        Spoil();
        return base.Hijack();
    }

    public override void Abort()
    {
        Spoil();
        base.Abort();
    }

    /// <summary>The handler has returned, and may have written nothing.</summary>
    public void CopyHead()
    {
        if (CopiedStatus != 0) return;
        CopiedStatus = StatusCode == 0 ? 200 : StatusCode;
        var before = new List<KeyValuePair<string, string>>(_before);
        foreach (var field in Header)
            if (!before.Remove(field)) Fields.Add(field);
    }

    private void Spoil()
    {
        _isSpoiled = true;
        _body = null;
    }

    private void Copy(ReadOnlySpan<byte> data)
    {
        if (_body is null) return;
        if (_body.WrittenCount + data.Length > _maxBytes) Spoil();
        else _body.Write(data);
    }
}
