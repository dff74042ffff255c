using Endless.Http.Connections;
using Endless.Http.Semantics;


namespace Endless.Http.Http1;

/// <summary>The bodies of a connection's requests, of which there is one at a time: made when first needed, and used again.</summary>
internal sealed class RequestBodies(Connection connection, ProtocolContext context, Http1Response response)
{
    private BodySource? _source;
    private ContentLengthBody? _contentLength;
    private ChunkedBody? _chunked;

    /// <summary>Begins the body that a request's head announces.</summary>
    /// <param name="head">Of a request that has a body.</param>
    /// <param name="deadline">When all of it must have arrived.</param>
    public Http1Body Begin(RequestHead head, long deadline)
    {
        _source ??= new BodySource(connection, context, response);
        _source.Begin(deadline, head.ExpectsContinue);
        if (head.ContentLength > 0)
        {
            _contentLength ??= new ContentLengthBody(_source, connection.Input);
            _contentLength.Begin(head.ContentLength, context.Limits.MaxBodyBytes);
            return _contentLength;
        }
        _chunked ??= new ChunkedBody(_source, connection.Input, context.Limits);
        _chunked.Begin(context.Limits.MaxBodyBytes);
        return _chunked;
    }

    /// <summary>Gives buffers back after a request.</summary>
    public void Reset() => _chunked?.Reset();
}
