using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Endless.Http.Messages;
using Endless.Http.Transport;

namespace Endless.Http;

/// <summary>
/// A request as the server received it, made for one request and never used for another. Mirrors Go's <c>http.Request</c>.
/// </summary>
/// <remarks>
/// <para>It lives until its handler is done. What was sent once and for all (method, target, host, <see cref="Values"/>, <see cref="PathValue"/>, the addresses) stays true afterwards; the header,
/// the body and the trailers then throw <see cref="InvalidOperationException"/>, which is logged once with the route.</para>
/// <para>Not thread-safe, but the body may be read by another flow than the one that writes the response.</para>
/// </remarks>
public sealed class Request : IPeerObserver
{
    private readonly RequestLifetime _lifetime;
    private readonly RequestTarget? _target;
    private readonly ProtocolVersion _version;
    private PipeReader _body;
    private Header? _header;
    private RequestExtras? _extras;
    private KeyValuePair<string, string>[] _pathValues = [];

    /// <param name="lifetime">Of this request alone.</param>
    /// <param name="method">The method as sent.</param>
    /// <param name="target">What it asks for; null if that could not be read.</param>
    /// <param name="version">What the client speaks.</param>
    /// <param name="body">The engine's; <see cref="RequestBody.None"/> for none.</param>
    internal Request(RequestLifetime lifetime, string method, RequestTarget? target, ProtocolVersion version, RequestBody body)
    {
        _lifetime = lifetime;
        _target = target;
        _version = version;
        _body = body;
        Method = method;
        lifetime.Request = this;
    }

    /// <summary>The method as sent, case-sensitive: <c>GET</c>, <c>POST</c>, ... (RFC 9110 section 9).</summary>
    public string Method { get; }

    /// <summary>The request target as sent, undecoded: <c>/a%20b?x=1</c>, <c>http://host/</c>, <c>*</c> (RFC 9112 section 3.2). Go's <c>RequestURI</c>.</summary>
    public string Target => _target?.Raw ?? "";

    /// <summary>
    /// The target's path, percent-decoded as UTF-8 (a broken sequence as U+FFFD); <c>*</c> for <c>OPTIONS *</c>, empty for CONNECT. It may hold any
    /// character, NUL and <c>..</c> among them, since both can be encoded. Go's <c>URL.Path</c>.
    /// </summary>
    public string Path => _target?.Path ?? "";

    /// <summary>The target's path as sent, undecoded. Go's <c>URL.EscapedPath()</c>.</summary>
    public string RawPath => _target?.RawPath ?? "";

    /// <summary>The target's query as sent, without the question mark; empty if there is none. Go's <c>URL.RawQuery</c>.</summary>
    public string RawQuery => _target?.RawQuery ?? "";

    /// <summary>The query, decoded; taken apart when first asked for. Go's <c>URL.Query()</c>.</summary>
    public UrlValues Query => Extras.Query ??= UrlValues.Parse(RawQuery);

    /// <summary><c>HTTP/1.0</c>, <c>HTTP/1.1</c> or <c>HTTP/2.0</c>. Go's <c>Proto</c>.</summary>
    public string Protocol => _version switch
    {
        ProtocolVersion.Http10 => "HTTP/1.0",
        ProtocolVersion.Http11 => "HTTP/1.1",
        _ => "HTTP/2.0",
    };

    /// <summary>The header section, the framing fields and Host included. Values are decoded as ISO 8859-1, so that every byte survives.</summary>
    public Header Header => _header ??= new Header(_lifetime.Exchange.Fields, _lifetime);

    /// <summary>The host the client asked for, with its port if it gave one: from an absolute target, else from the Host field (RFC 9110 section 7.2). Empty if an HTTP/1.0 client gave none.</summary>
    public string Host { get; internal init; } = "";

    /// <summary>Bytes of the body; -1 if not known in advance (chunked). 0 if there is none.</summary>
    public long ContentLength { get; internal init; }

    /// <summary>
    /// The body, without its transfer coding. Reads end at the body's end. A read fails with <see cref="RequestBodyException"/>, an <see cref="IOException"/>, if
    /// the client goes away, is too slow or breaks the framing. A client that asked for it is sent <c>100 Continue</c> by the first read. A read that the handler leaves
    /// under way when it is done is ended, and throws.
    /// </summary>
    public PipeReader Body
    {
        get
        {
            // Two threads that are here at once get two faces of the same body, which is as good.
            if (_body is RequestBody body && body != RequestBody.None) _body = new RequestBodyReader(body, _lifetime);
            return _body;
        }
    }

    /// <summary>The body as a stream. A synchronous read blocks until bytes are there. Use this or <see cref="Body"/>, not both.</summary>
    public Stream BodyStream => Extras.BodyStream ??= new RequestBodyStream(Body);

    /// <summary>
    /// Bytes of the body that this handler is willing to read; negative, the default, for no limit beyond the server's. Set it before the first read. Over it reads
    /// fail with <see cref="MaxBytesException"/>. Go's <c>http.MaxBytesReader</c>.
    /// </summary>
    public long MaxBodyBytes
    {
        get => Body is RequestBodyReader body ? body.MaxBytes : -1;
        set
        {
            if (Body is RequestBodyReader body) body.MaxBytes = value;
        }
    }

    /// <summary>The trailer section (RFC 9110 section 6.5); empty until the body has been read to its end. Go's <c>Trailer</c>.</summary>
    public Header Trailers => (Body as RequestBodyReader)?.Trailers is { } lines ? new Header(lines, _lifetime) : Extras.NoTrailers ??= [];

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
            // Over: what there is to be fired has been.
            if (!_lifetime.TryEnter()) return new CancellationToken(canceled: true);
            try
            {
                var extras = Extras;
                if (extras.Cancellation is null && Interlocked.CompareExchange(ref extras.Cancellation, new CancellationTokenSource(), null) is null)
                    _lifetime.Exchange.WatchPeer(this);
                return extras.Cancellation.Token;
            }
            finally
            {
                _lifetime.Leave();
            }
        }
    }

    /// <summary>
    /// Fires when this generation of the server is leaving, for a restart or for good: a handler that answers for long (server-sent events, long polls) should come to an
    /// end, so that its connection can go on to the next generation. Nothing is cut off before hammer time.
    /// </summary>
    public CancellationToken Draining => _lifetime.Exchange.Draining;

    /// <summary>Things that middleware passes on to the handlers behind it. Go's <c>context.WithValue</c>.</summary>
    public IDictionary<string, object?> Values => Extras.Values ??= [];

    /// <summary>The pattern of the mux that led to the handler, as registered; empty without a mux. Go's <c>Pattern</c>.</summary>
    public string Pattern { get; internal set; } = "";

    /// <summary>What a wildcard of the pattern that led here matched, decoded; empty if there is no such wildcard. Go's <c>PathValue</c>.</summary>
    public string PathValue(string name)
    {
        foreach (var pair in _pathValues)
            if (pair.Key == name) return pair.Value;
        return "";
    }

    /// <summary>Sets what <see cref="PathValue"/> gives for a name. Go's <c>SetPathValue</c>.</summary>
    public void SetPathValue(string name, string value)
    {
        foreach (ref var pair in _pathValues.AsSpan())
        {
            if (pair.Key != name) continue;
            pair = new(name, value);
            return;
        }
        _pathValues = [.. _pathValues, new(name, value)];
    }

    /// <summary>Sets what <see cref="PathValue"/> gives for the names of a pattern, which are different.</summary>
    internal void SetPathValues(KeyValuePair<string, string>[] values)
    {
        if (_pathValues.Length == 0) _pathValues = values;
        else foreach (var (name, value) in values) SetPathValue(name, value);
    }

    /// <summary>Reads the whole body into memory. Set <see cref="MaxBodyBytes"/> first where the server sets no limit.</summary>
    /// <exception cref="RequestBodyException">The body could not be read to its end.</exception>
    public async Task<byte[]> ReadBodyAsync(CancellationToken cancellationToken = default)
    {
        var reader = Body;
        var known = ContentLength is > 0 and <= 64 * 1024 ? (int)ContentLength : 0;
        var body = new ArrayBufferWriter<byte>(Math.Max(known, 256));
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            foreach (var segment in result.Buffer) body.Write(segment.Span);
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return body.WrittenSpan.ToArray();
            if (result.IsCanceled) throw new OperationCanceledException("The read of the body was canceled.");
        }
    }

    /// <summary>What the log and exceptions call the request: method and path as sent, which hold no control characters, and no more than a line of them.</summary>
    internal string Name
    {
        get
        {
            const int longest = 200;
            var path = _target?.RawPath is { Length: > 0 } rawPath ? rawPath : Target;
            return path.Length <= longest ? $"{Method} {path}" : $"{Method} {path.AsSpan(0, longest)}...";
        }
    }

    /// <summary>The connection the request came on; null for one that came on none (a test, a request of the server's own).</summary>
    internal Connection? Connection => _lifetime.Exchange.Connection;

    /// <summary>Where the server calls its handlers.</summary>
    internal SchedulingMode Scheduling => _lifetime.Exchange.Scheduling;

    /// <summary>Its answer lasts for as long as the client stays: how long that is says nothing of the server.</summary>
    internal bool IsOpenEnded { get; set; }

    /// <summary>The connection carries other requests at the same time (HTTP/2): what it is known to be doing is not what this request does.</summary>
    internal bool SharesConnection => _lifetime.Exchange.SharesConnection;

    /// <summary>Fires <see cref="Cancellation"/>. Any thread, any number of times. What the callbacks throw goes to the caller.</summary>
    internal void Cancel() => _extras?.Cancellation?.Cancel();

    /// <summary>The client closed its side, or the connection broke.</summary>
    void IPeerObserver.OnPeerClosed() => _lifetime.Exchange.CancelRequest(this);

    /// <summary>Whether a handler asked for <see cref="Cancellation"/>.</summary>
    internal bool IsCancellationWatched => _extras?.Cancellation is not null;

    private RequestExtras Extras
    {
        get
        {
            if (_extras is null) Interlocked.CompareExchange(ref _extras, new RequestExtras(), null);
            return _extras;
        }
    }
}
