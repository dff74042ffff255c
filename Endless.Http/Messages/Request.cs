using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Endless.Http.Messages;
using Endless.Http.Transport;

namespace Endless.Http;

/// <summary>
/// A request as the server received it. Mirrors Go's <c>http.Request</c>. Valid until its handler is done: the server reuses it for
/// the next request of the connection. Not thread-safe, but the body may be read by another flow than the one that writes the response.
/// </summary>
public sealed class Request
{
    private Dictionary<string, object?>? _values;
    private List<KeyValuePair<string, string>>? _pathValues;
    private RequestTarget? _target;
    private UrlValues? _query;
    private RequestBody _body = RequestBody.None;
    private RequestBodyStream? _bodyStream;
    private CancellationTokenSource? _cancellation;
    private string? _path;
    private string? _rawPath;
    private Header? _noTrailers;

    internal Request() { }

    /// <summary>The method as sent, case-sensitive: <c>GET</c>, <c>POST</c>, ... (RFC 9110 section 9).</summary>
    public string Method { get; internal set; } = "";

    /// <summary>The request target as sent, undecoded: <c>/a%20b?x=1</c>, <c>http://host/</c>, <c>*</c> (RFC 9112 section 3.2). Go's <c>RequestURI</c>.</summary>
    public string Target => _target?.Raw ?? "";

    /// <summary>
    /// The target's path, percent-decoded as UTF-8 (a broken sequence as U+FFFD); <c>*</c> for <c>OPTIONS *</c>, empty for CONNECT. It may hold any
    /// character, NUL and <c>..</c> among them, since both can be encoded. Go's <c>URL.Path</c>.
    /// </summary>
    public string Path
    {
        get => _path ?? _target?.Path ?? "";
        internal set => _path = value;
    }

    /// <summary>The target's path as sent, undecoded. Go's <c>URL.EscapedPath()</c>.</summary>
    public string RawPath
    {
        get => _rawPath ?? _target?.RawPath ?? "";
        internal set => _rawPath = value;
    }

    /// <summary>The target's query as sent, without the question mark; empty if there is none. Go's <c>URL.RawQuery</c>.</summary>
    public string RawQuery => _target?.RawQuery ?? "";

    /// <summary>The query, decoded; taken apart when first asked for. Go's <c>URL.Query()</c>.</summary>
    public UrlValues Query => _query ??= UrlValues.Parse(RawQuery);

    /// <summary><c>HTTP/1.0</c>, <c>HTTP/1.1</c> or <c>HTTP/2.0</c>. Go's <c>Proto</c>.</summary>
    public string Protocol { get; internal set; } = "HTTP/1.1";

    /// <summary>The header section, the framing fields and Host included. Values are decoded as ISO 8859-1, so that every byte survives.</summary>
    public Header Header { get; } = new();

    /// <summary>The host the client asked for, with its port if it gave one: from an absolute target, else from the Host field (RFC 9110 section 7.2). Empty if an HTTP/1.0 client gave none.</summary>
    public string Host { get; internal set; } = "";

    /// <summary>Bytes of the body; -1 if not known in advance (chunked). 0 if there is none.</summary>
    public long ContentLength { get; internal set; }

    /// <summary>
    /// The body, without its transfer coding. Reads end at the body's end. A read fails with <see cref="RequestBodyException"/>, an <see cref="IOException"/>, if
    /// the client goes away, is too slow or breaks the framing. A client that asked for it is sent <c>100 Continue</c> by the first read.
    /// </summary>
    public PipeReader Body => _body;

    /// <summary>The body as a stream. A synchronous read blocks until bytes are there. Use this or <see cref="Body"/>, not both.</summary>
    public Stream BodyStream => _bodyStream ??= new RequestBodyStream(_body);

    /// <summary>
    /// Bytes of the body that this handler is willing to read; negative, the default, for no limit beyond the server's. Set it before the first read. Over it reads
    /// fail with <see cref="MaxBytesException"/>. Go's <c>http.MaxBytesReader</c>.
    /// </summary>
    public long MaxBodyBytes
    {
        get => _body.MaxBytes;
        set => _body.MaxBytes = value;
    }

    /// <summary>The trailer section (RFC 9110 section 6.5); empty until the body has been read to its end. Go's <c>Trailer</c>.</summary>
    public Header Trailers => _body.Trailers ?? (_noTrailers ??= []);

    /// <summary>The client's address.</summary>
    public EndPoint? RemoteAddress => Connection?.RemoteEndPoint;

    /// <summary>The server's address of this connection.</summary>
    public EndPoint? LocalAddress => Connection?.LocalEndPoint;

    /// <summary>What TLS agreed on for the connection; null in the clear. Go's <c>TLS</c>.</summary>
    public TlsConnectionState? Tls => Connection?.Tls;

    /// <summary>
    /// Fires when the client closes its side or the connection breaks, and when the handler is done; not when pipelined requests arrive.
    /// Its callbacks must not block. Go's <c>Context().Done()</c>.
    /// </summary>
    public CancellationToken Cancellation
    {
        get
        {
            if (_cancellation is null)
            {
                _cancellation = new CancellationTokenSource();
                Watcher?.WatchPeer();
            }
            return _cancellation.Token;
        }
    }

    /// <summary>
    /// Fires when this generation of the server is leaving, for a restart or for good: a handler that answers for long (server-sent events, long polls) should come to an
    /// end, so that its connection can go on to the next generation. Nothing is cut off before hammer time.
    /// </summary>
    public CancellationToken Draining { get; internal set; }

    /// <summary>Things that middleware passes on to the handlers behind it. Go's <c>context.WithValue</c>.</summary>
    public IDictionary<string, object?> Values => _values ??= [];

    /// <summary>The pattern of the mux that led to the handler, as registered; empty without a mux. Go's <c>Pattern</c>.</summary>
    public string Pattern { get; internal set; } = "";

    /// <summary>What a wildcard of the pattern that led here matched, decoded; empty if there is no such wildcard. Go's <c>PathValue</c>.</summary>
    public string PathValue(string name)
    {
        if (_pathValues is not null)
            foreach (var pair in _pathValues)
                if (pair.Key == name) return pair.Value;
        return "";
    }

    /// <summary>Sets what <see cref="PathValue"/> gives for a name. Go's <c>SetPathValue</c>.</summary>
    public void SetPathValue(string name, string value)
    {
        var values = _pathValues ??= [];
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Key != name) continue;
            values[i] = new(name, value);
            return;
        }
        values.Add(new(name, value));
    }

    /// <summary>Reads the whole body into memory. Set <see cref="MaxBodyBytes"/> first where the server sets no limit.</summary>
    /// <exception cref="RequestBodyException">The body could not be read to its end.</exception>
    public async Task<byte[]> ReadBodyAsync(CancellationToken cancellationToken = default)
    {
        var known = ContentLength is > 0 and <= 64 * 1024 ? (int)ContentLength : 0;
        var body = new ArrayBufferWriter<byte>(Math.Max(known, 256));
        while (true)
        {
            var result = await _body.ReadAsync(cancellationToken).ConfigureAwait(false);
            foreach (var segment in result.Buffer) body.Write(segment.Span);
            _body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return body.WrittenSpan.ToArray();
            if (result.IsCanceled) throw new OperationCanceledException("The read of the body was canceled.");
        }
    }

    /// <summary>The connection the request came on; null for one that came on none (a test, a request of the server's own).</summary>
    internal Connection? Connection { get; init; }

    /// <summary>Where the server calls its handlers.</summary>
    internal SchedulingMode Scheduling { get; init; }

    /// <summary>Its answer lasts for as long as the client stays: how long that is says nothing of the server.</summary>
    internal bool IsOpenEnded { get; set; }

    /// <summary>The connection carries other requests at the same time (HTTP/2): what it is known to be doing is not what this request does.</summary>
    internal bool SharesConnection { get; init; }

    /// <summary>Called when a handler first asks for <see cref="Cancellation"/>.</summary>
    internal IPeerWatcher? Watcher { get; init; }

    /// <summary>Begins a request. The header section is already in <see cref="Header"/>.</summary>
    internal void Begin(string method, RequestTarget target, RequestBody body)
    {
        Method = method;
        _target = target;
        _body = body;
    }

    /// <summary>Fires <see cref="Cancellation"/>. Any thread, any number of times. What the callbacks throw goes to the caller.</summary>
    internal void Cancel() => _cancellation?.Cancel();

    /// <summary>Whether a handler asked for <see cref="Cancellation"/>.</summary>
    internal bool IsCancellationWatched => _cancellation is not null;

    /// <summary>Drops everything of the request that is over but its header section, which is the engine's to clear: the next request may have the same.</summary>
    internal void Reset()
    {
        Pattern = "";
        IsOpenEnded = false;
        _values = null;
        _pathValues?.Clear();
        _query = null;
        _path = null;
        _rawPath = null;
        _bodyStream = null;
        _cancellation = null;
        _noTrailers = null;
        _body = RequestBody.None;
    }
}
