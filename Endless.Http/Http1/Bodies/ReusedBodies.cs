using Endless.Http.Connections;
using Endless.Http.Semantics;

namespace Endless.Http.Http1;

/// <summary>The bodies of a connection's requests, of which there is one at a time: made when first needed, and used again.</summary>
internal sealed class ReusedBodies(Connection connection, ProtocolLimits limits, Http1Timeouts timeouts, ExpectContinue expectContinue)
{
    private BodyInput? _input;
    private ContentLengthBody? _contentLength;
    private ChunkedBody? _chunked;

    /// <summary>Begins the body that a request's head announces.</summary>
    /// <param name="head">Of a request that has a body.</param>
    public Http1RequestBody Begin(RequestHead head)
    {
        expectContinue.Begin(head.ExpectsContinue);
        _input ??= new BodyInput(connection, limits, timeouts, expectContinue);
        _input.Begin();
        if (head.ContentLength > 0)
        {
            _contentLength ??= new ContentLengthBody(_input, connection.Input);
            _contentLength.Begin(head.ContentLength, limits.MaxBodyBytes);
            return _contentLength;
        }
        _chunked ??= new ChunkedBody(_input, connection.Input, limits);
        _chunked.Begin(limits.MaxBodyBytes);
        return _chunked;
    }

    /// <summary>Gives buffers back after a request.</summary>
    public void Reset() => _chunked?.Reset();
}
