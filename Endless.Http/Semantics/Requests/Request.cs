using System.Buffers;
using System.IO.Pipelines;
using Endless.Http.Connections;
using Endless.Http.Semantics;
using Endless.Http.Workers;
using Microsoft.Extensions.Logging;

namespace Endless.Http;

/// <summary>
/// A request as the server received it, made for one request and never used for another; or one that a program made, as a copy with changes for a handler behind it, or for a test. Mirrors Go's <c>http.Request</c>.
/// </summary>
/// <remarks>
/// <para>It lives until its handler is done. What was sent once and for all (method, target, host, <see cref="Values"/>, <see cref="PathValue"/>, the addresses) stays true afterwards; the header,
/// the body and the trailers then throw <see cref="InvalidOperationException"/>, which is logged once with the route.</para>
/// <para>Not thread-safe, but the body may be read by another flow than the one that writes the response.</para>
/// </remarks>
public sealed partial class Request : IPeerObserver, INamedRequest
{
    private readonly IExchange _exchange;
    private readonly ControlData _control;
    private readonly long _contentLength;
    private PipeReader _body;
    private Header? _header;
    private RequestExtras? _extras;
    private KeyValuePair<string, string>[] _pathValues = [];

    /// <param name="exchange">The engine's state of the request.</param>
    /// <param name="control">What it asks for.</param>
    /// <param name="contentLength">As in <see cref="ContentLength"/>.</param>
    /// <param name="body">The engine's; <see cref="RequestBody.None"/> for none.</param>
    internal Request(IExchange exchange, ControlData control, long contentLength, RequestBody body)
    {
        _exchange = exchange;
        _control = control;
        _body = body;
        _contentLength = contentLength;
    }

    /// <summary>The method as sent, case-sensitive: <c>GET</c>, <c>POST</c>, ... (RFC 9110 section 9). A copy with another changes what handlers see; a HEAD that the client sent is answered without a body all the same.</summary>
    public string Method
    {
        get => _control.Method;
        init => _control = _control with { Method = CheckMethod(value) };
    }

    /// <summary>The request target as sent, undecoded: <c>/a%20b?x=1</c>, <c>http://host/</c>, <c>*</c> (RFC 9112 section 3.2). Go's <c>RequestURI</c>.</summary>
    /// <remarks>A copy's path, query and host are those of the target that it is given; one that is given another path only keeps the target that was sent, as Go's does.</remarks>
    public string Target
    {
        get => _control.Target?.Raw ?? "";
        init
        {
            var target = TargetOf(Method, value);
            _control = _control with { Target = target, Host = target.Authority ?? Host };
        }
    }

    /// <summary>
    /// The target's path, percent-decoded as UTF-8 (a broken sequence as U+FFFD); <c>*</c> for <c>OPTIONS *</c>, empty for CONNECT. It may hold any
    /// character but NUL, <c>..</c> among them, since it can be encoded. Go's <c>URL.Path</c>.
    /// </summary>
    /// <remarks>Given to a copy, it is encoded for <see cref="RawPath"/>; where a slash may be encoded, give that one.</remarks>
    /// <exception cref="ArgumentException">It does not begin with a slash, or holds a NUL.</exception>
    public string Path
    {
        get => _control.Target?.Path ?? "";
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _control = _control with { Target = WithRawPath(PercentEncoding.EncodePath(value), nameof(Path)) };
        }
    }

    /// <summary>The target's path as sent, undecoded. Go's <c>URL.EscapedPath()</c>.</summary>
    /// <remarks>Given to a copy, it is decoded for <see cref="Path"/>; empty means <c>/</c>.</remarks>
    /// <exception cref="ArgumentException">It does not begin with a slash, or holds what no path may.</exception>
    public string RawPath
    {
        get => _control.Target?.RawPath ?? "";
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _control = _control with { Target = WithRawPath(value, nameof(RawPath)) };
        }
    }

    /// <summary>The target's query as sent, without the question mark; empty if there is none. Go's <c>URL.RawQuery</c>.</summary>
    /// <exception cref="ArgumentException">It holds what no query may.</exception>
    public string RawQuery
    {
        get => _control.Target?.RawQuery ?? "";
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _control = _control with { Target = _control.Target?.WithQuery(value) ?? throw new ArgumentException($"\"{value}\" is no query: it is percent-encoded (Uri.EscapeDataString), and its question mark not part of it.", nameof(RawQuery)) };
        }
    }

    /// <summary>The query, decoded; taken apart when first asked for. Go's <c>URL.Query()</c>.</summary>
    public UrlValues Query => Extras.Query ??= UrlValues.Parse(RawQuery);

    /// <summary><c>HTTP/1.0</c>, <c>HTTP/1.1</c> or <c>HTTP/2.0</c>. Go's <c>Proto</c>.</summary>
    public string Protocol => _control.Version switch
    {
        ProtocolVersion.Http10 => "HTTP/1.0",
        ProtocolVersion.Http11 => "HTTP/1.1",
        _ => "HTTP/2.0",
    };

    /// <summary>The header section, the framing fields and Host included. Values are decoded as ISO 8859-1, so that every byte survives.</summary>
    public Header Header
    {
        get => _header ??= new Header(_exchange.Fields, this);
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _header = value;
        }
    }

    /// <summary>The host the client asked for, with its port if it gave one: from an absolute target, else from the Host field (RFC 9110 section 7.2). Empty if an HTTP/1.0 client gave none.</summary>
    /// <exception cref="ArgumentException">It is no host with or without a port.</exception>
    public string Host
    {
        get => _control.Host;
        init => _control = _control with { Host = CheckHost(value) };
    }

    /// <summary>Bytes of the body; -1 if not known in advance (chunked). 0 if there is none.</summary>
    public long ContentLength
    {
        get => _contentLength;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, -1);
            _contentLength = value;
            OwnChanges.HasContentLength = true;
        }
    }

    /// <summary>
    /// The body, without its transfer coding. Reads end at the body's end. A read fails with <see cref="RequestBodyException"/>, an <see cref="IOException"/>, if
    /// the client goes away, is too slow or breaks the framing. A client that asked for it is sent <c>100 Continue</c> by the first read. A read that the handler leaves
    /// under way when it is done is ended, and throws.
    /// </summary>
    /// <remarks>One that a program gives to a request it makes may be any pipe; its <see cref="ContentLength"/> is -1 unless that is given too. It has no trailers.</remarks>
    public PipeReader Body
    {
        get
        {
            // Two threads that are here at once get two faces of the same body, which is as good.
            if (_body is RequestBody body && body != RequestBody.None) _body = new HandlerBodyReader(body, this);
            return _body;
        }
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _body = new SuppliedBody(value, this);
            if (!OwnChanges.HasContentLength) _contentLength = -1;
        }
    }

    /// <summary>The body as a stream. A synchronous read blocks until bytes are there. Use this or <see cref="Body"/>, not both.</summary>
    public Stream BodyStream => Extras.BodyStream ??= new HandlerBodyStream(Body);

    /// <summary>
    /// Bytes of the body that this handler is willing to read; negative, the default, for no limit beyond the server's. Set it before the first read. Over it reads
    /// fail with <see cref="MaxBytesException"/>. Go's <c>http.MaxBytesReader</c>.
    /// </summary>
    public long MaxBodyBytes
    {
        get => Body switch { HandlerBodyReader body => body.MaxBytes, SuppliedBody body => body.MaxBytes, _ => -1 };
        set
        {
            if (Body is HandlerBodyReader body) body.MaxBytes = value;
            else if (_body is SuppliedBody supplied) supplied.MaxBytes = value;
        }
    }

    /// <summary>The trailer section (RFC 9110 section 6.5); empty until the body has been read to its end. Go's <c>Trailer</c>.</summary>
    public Header Trailers => (Body as HandlerBodyReader)?.Trailers is { } lines ? new Header(lines, Root) : Extras.NoTrailers ??= [];

    /// <summary>
    /// Fires when the client closes its side or the connection breaks, and when the handler is done; not when pipelined requests arrive.
    /// Its callbacks must not block. A copy may be given another, one that is linked with this: Go's <c>WithContext</c>. Go's <c>Context().Done()</c>.
    /// </summary>
    public CancellationToken Cancellation
    {
        get => Changes switch { null => Watch(), { Cancellation: { } token } => token, { Original: { } original } => original.Cancellation, _ => Watch() };
        init => OwnChanges.Cancellation = value;
    }

    /// <summary>
    /// Fires when this generation of the server is leaving, for a restart or for good: a handler with a long answer (server-sent events, long polls) should end,
    /// so that its connection can be handed over to the next generation. Nothing is cut off before hammer time.
    /// </summary>
    public CancellationToken Draining => _exchange.Draining;

    /// <summary>Things that middleware passes on to the handlers behind it. Go's <c>context.WithValue</c>.</summary>
    public IDictionary<string, object?> Values => Root.Extras.Values ??= [];

    /// <summary>One of <see cref="Values"/>; null if it is not there. Allocates nothing.</summary>
    internal object? FindValue(string key) => Root._extras?.Values?.GetValueOrDefault(key);

    /// <summary>
    /// The pattern of the mux that led to the handler, as registered; empty without a mux. Of several muxes, one within the other, the innermost's; also where that was called with a copy, which Go
    /// does not show outside. Go's <c>Pattern</c>.
    /// </summary>
    public string Pattern => Matched?.Pattern ?? "";

    /// <summary>
    /// What a mount or <see cref="Http.Handler.StripPrefix"/> took off the path for the handler behind, as the client sent it, and this handler does not see in <see cref="Path"/>: <c>/admin</c>. Empty if nothing was
    /// taken. A link or redirect within the handler's own part of the site begins with it, as those of <see cref="ServeMux"/> do. ASP.NET Core's <c>PathBase</c>.
    /// </summary>
    /// <exception cref="ArgumentException">It is neither empty nor a path that begins with one slash and ends with none.</exception>
    public string PathBase
    {
        get => Changes?.PathBase ?? "";
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            // Open redirect: a Location that begins with two slashes names another host.
            if (value.Length > 0 && (value is not ['/', _, ..] || value[1] is '/' or '\\' || value[^1] == '/' || _control.Target?.WithPath(value) is null))
                throw new ArgumentException($"\"{value}\" is no base of a path: it begins with one slash, ends with none, and is percent-encoded.", nameof(PathBase));
            OwnChanges.PathBase = value;
        }
    }

    /// <summary>The route that was found last; null without a mux.</summary>
    internal IMatchedRoute? Matched
    {
        get;
        set
        {
            field = value;
            if (Changes?.Original is { } original) original.Matched = value;
        }
    }

    /// <summary>What a wildcard of the pattern that led here matched, decoded; empty if there is no such wildcard. Go's <c>PathValue</c>.</summary>
    public string PathValue(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (var pair in _pathValues)
            if (pair.Key == name) return pair.Value;
        return "";
    }

    /// <summary>Whether the pattern that led here has a wildcard of that name.</summary>
    internal bool HasPathValue(string name)
    {
        foreach (var pair in _pathValues)
            if (pair.Key == name) return true;
        return false;
    }

    /// <summary>Sets what <see cref="PathValue"/> gives for a name. Go's <c>SetPathValue</c>.</summary>
    public void SetPathValue(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
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

    /// <summary>The method for the log, which of a long one has the beginning.</summary>
    internal string LoggedMethod => Beginning(Method, 40);

    /// <summary>The path for the log, as sent: it holds no control characters; of a long one it has the beginning.</summary>
    internal string LoggedPath => Beginning(NamedPath, 200);

    /// <summary>What exceptions call the request: method and path as sent, which hold no control characters, and no more than a line of them.</summary>
    internal string Name => NameWithin(200);

    /// <inheritdoc cref="INamedRequest.NameWithin"/>
    string INamedRequest.NameWithin(int length) => NameWithin(length);

    /// <summary>The engine's state of the request. Only from inside.</summary>
    internal IExchange Exchange => _exchange;

    /// <summary>The connection the request came on; null for one that came on none (a test).</summary>
    internal Connection? Connection => _exchange.Connection;

    /// <summary>Where the server calls its handlers.</summary>
    internal SchedulingMode Scheduling => _exchange.Scheduling;

    /// <inheritdoc cref="IExchange.Logger"/>
    internal ILogger Logger => _exchange.Logger;

    /// <inheritdoc cref="IExchange.IsAbandoned"/>
    internal bool IsAbandoned => _exchange.IsAbandoned;

    /// <inheritdoc cref="IExchange.Site"/>
    internal BlockingSite? Site { set => _exchange.Site = value; }

    /// <summary>Its handler took the connection over: its answer is not known here.</summary>
    internal bool IsHijacked => Connection?.State == ConnectionState.Hijacked;

    /// <summary>Its answer lasts for as long as the client stays: how long that is says nothing of the server.</summary>
    internal bool IsOpenEnded
    {
        get;
        set
        {
            field = value;
            if (Changes?.Original is { } original) original.IsOpenEnded = value;
        }
    }

    /// <summary>The connection carries other requests at the same time (HTTP/2): what it is known to be doing is not what this request does.</summary>
    internal bool SharesConnection => _exchange.SharesConnection;

    /// <summary><see cref="Cancellation"/> fires when the client goes, and not when the handler is done: as ASP.NET Core has it, in place of Go's.</summary>
    internal bool IsCancellationForClientOnly { get; set; }

    /// <summary>Fires <see cref="Cancellation"/>. Any thread, any number of times. What the callbacks throw goes to the caller.</summary>
    internal void Cancel() => _extras?.Cancellation?.Cancel();

    /// <summary>Its response was given up: fires <see cref="Cancellation"/>, and logs what the callbacks throw.</summary>
    internal void OnAborted() => _exchange.CancelRequest(this);

    /// <summary>The client closed its side, or the connection broke.</summary>
    void IPeerObserver.OnPeerClosed() => _exchange.CancelRequest(this);

    /// <summary>Whether a handler asked for <see cref="Cancellation"/>.</summary>
    internal bool IsCancellationWatched => _extras?.Cancellation is not null;

    private CancellationToken Watch()
    {
        // Over: what there is to be fired has been.
        if (!TryEnter()) return new CancellationToken(canceled: true);
        try
        {
            var extras = Extras;
            if (extras.Cancellation is null && Interlocked.CompareExchange(ref extras.Cancellation, new CancellationTokenSource(), null) is null)
                _exchange.WatchPeer(this);
            return extras.Cancellation.Token;
        }
        finally
        {
            Leave();
        }
    }

    private string NamedPath => _control.Target?.RawPath is { Length: > 0 } rawPath ? rawPath : Target;

    private string NameWithin(int length) => Beginning($"{Method} {NamedPath}", length);

    private static string Beginning(string text, int length) => text.Length <= length ? text : $"{text.AsSpan(0, length)}...";

    private RequestExtras Extras
    {
        get
        {
            if (_extras is null) Interlocked.CompareExchange(ref _extras, new RequestExtras(), null);
            return _extras;
        }
    }
}
