using System.IO.Pipelines;
using Endless.Http.AspNetCore.Bodies;
using Endless.Http.AspNetCore.Headers;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Endless.Http.AspNetCore.Features;

// The request. Middleware may replace whatever it finds.
internal partial class HttpFeatures : IHttpRequestFeature, IHttpRequestBodyDetectionFeature, IRequestBodyPipeFeature, IHttpRequestTrailersFeature, IHttpRequestIdentifierFeature, IEndpointFeature, IRouteValuesFeature,
    IBadRequestExceptionFeature, IPersistentStateFeature, IHttp2StreamIdFeature
{
    private string _path;
    private string? _method;
    private string? _scheme;
    private string? _protocol;
    private string? _queryString;
    private string? _rawTarget;
    private string? _traceIdentifier;
    private IHeaderDictionary? _requestHeaders;
    private RequestBodyReader? _reader;
    private Stream? _ownStream;
    private Stream? _requestBody;
    private PipeReader? _replacedReader;
    private Stream? _replacedReaderOf;
    private RouteValueDictionary? _routeValues;
    private IDictionary<object, object?>? _state;

    string IHttpRequestFeature.Protocol
    {
        get => _protocol ??= _isHttp2 ? HttpProtocol.Http2 : _engineRequest.Protocol;
        set => _protocol = value;
    }

    string IHttpRequestFeature.Scheme
    {
        get => _scheme ??= _engineRequest.Scheme;
        set => _scheme = value;
    }

    string IHttpRequestFeature.Method
    {
        get => _method ??= _engineRequest.Method;
        set => _method = value;
    }

    string IHttpRequestFeature.PathBase { get; set; } = "";

    string IHttpRequestFeature.Path
    {
        get => _path;
        set => _path = value;
    }

    string IHttpRequestFeature.QueryString
    {
        get => _queryString ??= _engineRequest.RawQuery is { Length: > 0 } query ? "?" + query : _engineRequest.Target.Contains('?') ? "?" : "";
        set => _queryString = value;
    }

    string IHttpRequestFeature.RawTarget
    {
        get => _rawTarget ??= _engineRequest.Target;
        set => _rawTarget = value;
    }

    IHeaderDictionary IHttpRequestFeature.Headers
    {
        get => _requestHeaders ??= MakeRequestHeaders();
        set => _requestHeaders = value;
    }

    Stream IHttpRequestFeature.Body
    {
        get => _requestBody ??= OwnStream;
        set => _requestBody = value;
    }

    PipeReader IRequestBodyPipeFeature.Reader
    {
        get
        {
            if (_requestBody is null || _requestBody == _ownStream) return Reader;
            // Middleware has put a stream of its own in the body's place (decompression, buffering): it is what the application reads.
            if (_replacedReaderOf != _requestBody)
            {
                _replacedReaderOf = _requestBody;
                _replacedReader = PipeReader.Create(_requestBody, new StreamPipeReaderOptions(leaveOpen: true));
            }
            return _replacedReader!;
        }
    }

    bool IHttpRequestBodyDetectionFeature.CanHaveBody => _engineRequest.ContentLength != 0;

    bool IHttpRequestTrailersFeature.Available => _engineRequest.ContentLength == 0 || _reader is { IsReadToEnd: true };

    IHeaderDictionary IHttpRequestTrailersFeature.Trailers
    {
        get
        {
            if (!((IHttpRequestTrailersFeature)this).Available)
                throw new InvalidOperationException("The request trailers are not available yet. They may not be available until the full request body is read.");
            var trailers = new HeaderDictionary();
            foreach (var (name, value) in _engineRequest.Trailers) trailers.Append(name, HeaderText.Decode(value));
            return trailers;
        }
    }

    string IHttpRequestIdentifierFeature.TraceIdentifier
    {
        get => _traceIdentifier ??= _connection.NextRequestName(StreamId);
        set => _traceIdentifier = value;
    }

    /// <summary>Where routing says which code answers: a loop that stalls from here on is that code's doing.</summary>
    Endpoint? IEndpointFeature.Endpoint
    {
        get;
        set
        {
            field = value;
            if (value is not null) _settings.Sites.OnChosen(_engineRequest, value);
        }
    }

    RouteValueDictionary IRouteValuesFeature.RouteValues
    {
        get => _routeValues ??= [];
        set => _routeValues = value;
    }

    Exception? IBadRequestExceptionFeature.Error => BadRequest;

    IDictionary<object, object?> IPersistentStateFeature.State => _state ??= _isHttp2 ? new Dictionary<object, object?>() : _connection.State;

    int IHttp2StreamIdFeature.StreamId => StreamId;

    /// <summary>What was wrong with the request; null for nothing.</summary>
    public BadHttpRequestException? BadRequest { get; set; }

    /// <summary>Host confusion: the host of an absolute target, or of a stream's authority, is the request's, whatever the field says (RFC 9112 section 3.2.2, RFC 9113 section 8.3.1).</summary>
    private RequestFields MakeRequestHeaders()
    {
        var fields = new RequestFields(_engineRequest.Exchange.Fields, _engineRequest);
        if ((_isHttp2 || _engineRequest.Target is not ['/', ..]) && _engineRequest.Host.Length > 0 && fields["Host"] != _engineRequest.Host) fields["Host"] = _engineRequest.Host;
        return fields;
    }

    private int StreamId => _engineRequest.Exchange.StreamId;

    private RequestBodyReader Reader => _reader ??= new RequestBodyReader(_engineRequest, _response, _settings.MaxRequestBodySize);

    private Stream OwnStream => _ownStream ??= new RequestStream(Reader, this);
}
