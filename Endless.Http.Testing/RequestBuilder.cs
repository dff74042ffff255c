using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Endless.Http.Testing;

/// <summary>
/// Makes a request for a handler's test: <c>new RequestBuilder("POST", "/a?b=c").Header("X", "1").Json(new { Name = "Ada" }).Build()</c>. Each <see cref="Build"/> makes another request. Not thread-safe.
/// Go's <c>httptest.NewRequest</c>.
/// </summary>
public sealed class RequestBuilder
{
    private readonly Request _template;
    private readonly List<KeyValuePair<string, string>> _fields = [];
    private readonly List<KeyValuePair<string, string>> _pathValues = [];
    private readonly List<KeyValuePair<string, object?>> _values = [];
    private string? _host;
    private EndPoint? _remoteEndPoint = new IPEndPoint(IPAddress.Loopback, 1234);
    private CancellationToken? _cancellation;
    private byte[] _body = [];
    private bool _hasBody;

    /// <summary>A request without body and header fields, for the host of an absolute target or <c>localhost</c>, from 127.0.0.1.</summary>
    /// <param name="method">The method; case counts.</param>
    /// <param name="target">Path and query, percent-encoded, or an absolute URL.</param>
    /// <exception cref="ArgumentException">The method is no token, or the target is none.</exception>
    public RequestBuilder(string method, string target) => _template = new Request(method, target);

    /// <summary>Adds a line to a header field.</summary>
    /// <exception cref="ArgumentException">The name is no token, or the value holds a control character or one above U+00FF.</exception>
    public RequestBuilder Header(string name, string value)
    {
        new Header().Add(name, value); // refused here, and not by Build
        _fields.Add(new(name, value));
        return this;
    }

    /// <summary>The host that the client asks for, with or without a port.</summary>
    /// <exception cref="ArgumentException">It is no host.</exception>
    public RequestBuilder Host(string host)
    {
        _host = new Request(_template) { Host = host }.Host;
        return this;
    }

    /// <summary>The client's address; null for none, as over an unnamed UNIX socket.</summary>
    public RequestBuilder RemoteEndPoint(EndPoint? remoteEndPoint)
    {
        _remoteEndPoint = remoteEndPoint;
        return this;
    }

    /// <summary>A body of bytes. Sets Content-Type where that is given, and Content-Length.</summary>
    public RequestBuilder Body(byte[] body, string? contentType = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        (_body, _hasBody) = (body, true);
        Replace("Content-Length", body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (contentType is not null) Replace("Content-Type", contentType);
        return this;
    }

    /// <summary>A body of text, in UTF-8. Sets Content-Type and Content-Length.</summary>
    public RequestBuilder Body(string body, string contentType = "text/plain; charset=utf-8")
    {
        ArgumentNullException.ThrowIfNull(body);
        return Body(Encoding.UTF8.GetBytes(body), contentType);
    }

    /// <summary>A body of JSON, as <see cref="JsonSerializer"/> writes it, with the web's defaults (camel case) where no options are given. Sets Content-Type and Content-Length.</summary>
    public RequestBuilder Json<T>(T value, JsonSerializerOptions? options = null) =>
        Body(JsonSerializer.SerializeToUtf8Bytes(value, options ?? JsonSerializerOptions.Web), "application/json; charset=utf-8");

    /// <summary>A body of form fields (<c>application/x-www-form-urlencoded</c>), in order. Sets Content-Type and Content-Length.</summary>
    public RequestBuilder Form(params IEnumerable<KeyValuePair<string, string>> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return Body(string.Join('&', fields.Select(field => $"{WebUtility.UrlEncode(field.Key)}={WebUtility.UrlEncode(field.Value)}")), "application/x-www-form-urlencoded");
    }

    /// <summary>What <see cref="Request.PathValue"/> gives for a name, where no mux is asked.</summary>
    public RequestBuilder PathValue(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        _pathValues.Add(new(name, value));
        return this;
    }

    /// <summary>One of <see cref="Request.Values"/>, as middleware sets them.</summary>
    public RequestBuilder Value(string key, object? value)
    {
        ArgumentNullException.ThrowIfNull(key);
        _values.Add(new(key, value));
        return this;
    }

    /// <summary>What <see cref="Request.Cancellation"/> is: fire it, and the client is gone.</summary>
    public RequestBuilder Cancellation(CancellationToken cancellation)
    {
        _cancellation = cancellation;
        return this;
    }

    /// <summary>The request.</summary>
    public Request Build()
    {
        var r = Made();
        foreach (var (name, value) in _fields) r.Header.Add(name, value);
        foreach (var (name, value) in _pathValues) r.SetPathValue(name, value);
        foreach (var (key, value) in _values) r.Values[key] = value;
        return r;
    }

    private Request Made()
    {
        var r = new Request(_template.Method, _template.Target) { Host = _host ?? _template.Host, RemoteEndPoint = _remoteEndPoint };
        if (_hasBody) r = new Request(r) { ContentLength = _body.Length, Body = PipeReader.Create(new ReadOnlySequence<byte>(_body)) };
        return _cancellation is { } cancellation ? new Request(r) { Cancellation = cancellation } : r;
    }

    private void Replace(string name, string value)
    {
        _fields.RemoveAll(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
        _fields.Add(new(name, value));
    }
}
