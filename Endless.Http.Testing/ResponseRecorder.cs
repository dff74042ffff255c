using System.Text;
using Endless.Http.Semantics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.Testing;

/// <summary>
/// A response that is written down in place of being sent, for a handler's test without a server. Go's <c>httptest.ResponseRecorder</c>. Three lines:
/// <code>
/// var r = new RequestBuilder("GET", "/hello?name=Ada").Build();
/// var w = await ResponseRecorder.RecordAsync(handler, r);
/// Assert.Equal("Hello, Ada!", w.Text);
/// </code>
/// </summary>
/// <remarks>
/// It is a response of the server's own: what fixes the head, what is added to it and what is refused is as for a client, over HTTP/1.1 and without Date and framing fields. What was sent can be asked for once it
/// has ended: <see cref="RecordAsync(IHandler, Request)"/> does that, and whoever calls a handler with a recorder of its own calls <see cref="EndAsync"/>. For one handler at a time.
/// </remarks>
public sealed class ResponseRecorder : DelegatingResponseWriter
{
    private readonly RecordedResponse _response;
    private readonly Request _request;
    private bool _hasEnded;

    /// <summary>A recorder for the response to a request.</summary>
    /// <param name="request">The request, which ends with the response; null for a GET.</param>
    /// <param name="logger">Where misuse is logged, as a server does; null for nowhere.</param>
    public ResponseRecorder(Request? request = null, ILogger? logger = null) : this((request ?? new Request("GET", "/")).Root, new RecordedResponse(logger ?? NullLogger.Instance)) { }

    private ResponseRecorder(Request request, RecordedResponse response) : base(new ServerResponseWriter(response, request))
    {
        (_request, _response) = (request, response);
        response.Reset(isHead: request.Method == "HEAD");
        response.Request = request;
    }

    /// <summary>The header as it was sent: fixed by <see cref="ResponseWriter.WriteHeader"/> or the first write, with Content-Type and Content-Length where the server adds them.</summary>
    /// <exception cref="InvalidOperationException">The response has not ended.</exception>
    public Header SentHeader => Ended(_response.SentHeader);

    /// <summary>The trailer section that was sent.</summary>
    /// <inheritdoc cref="SentHeader" path="/exception"/>
    public Header SentTrailers => Ended(_response.SentTrailers);

    /// <summary>The body; empty in an answer to HEAD.</summary>
    /// <inheritdoc cref="SentHeader" path="/exception"/>
    public byte[] Body => Ended(_response).Body;

    /// <summary>The body, read as UTF-8.</summary>
    /// <inheritdoc cref="SentHeader" path="/exception"/>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The interim responses that were sent, such as 103 (Early Hints), in order. At any time.</summary>
    public IReadOnlyList<InterimResponse> InterimResponses => _response.Interim;

    /// <summary>The handler has flushed. At any time.</summary>
    public bool Flushed => _response.IsFlushed;

    /// <summary>The handler has called <see cref="ResponseWriter.Abort"/>: a client sees that the response is not whole. At any time.</summary>
    public bool Aborted => _response.IsAborted;

    /// <summary>Has a handler answer a request, and ends the response. What the handler throws is thrown, when the request has ended: what a server would answer then, a <see cref="TestServer"/> does.</summary>
    /// <returns>The recorder, with what was sent.</returns>
    public static async Task<ResponseRecorder> RecordAsync(IHandler handler, Request request)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(request);
        var w = new ResponseRecorder(request);
        try
        {
            await (handler.ServeHttpAsync(w, request) ?? throw new InvalidOperationException("The handler returned null in place of a task: return Task.CompletedTask.")).ConfigureAwait(false);
            await w.EndAsync().ConfigureAwait(false);
        }
        catch
        {
            await w.EndRequestAsync(w._response.StatusCode).ConfigureAwait(false);
            await w.CompleteAsync().ConfigureAwait(false);
            throw;
        }
        return w;
    }

    /// <inheritdoc cref="RecordAsync(IHandler, Request)"/>
    public static Task<ResponseRecorder> RecordAsync(HandlerFunc handler, Request request) => RecordAsync(Handler.From(handler), request);

    /// <inheritdoc cref="RecordAsync(IHandler, Request)"/>
    public static Task<ResponseRecorder> RecordAsync(AsyncHandlerFunc handler, Request request) => RecordAsync(Handler.From(handler), request);

    /// <summary>The handler has returned: has the callbacks of OnStarting called, ends the response as the server does, and has those of OnCompleted called. The request is over then. A second call does nothing.</summary>
    public async Task EndAsync()
    {
        if (_hasEnded) return;
        if (await _response.StartAsync(failure: null).ConfigureAwait(false) is { } failure) throw failure;
        await EndRequestAsync(_response.IsAborted ? _response.StatusCode : _response.FinalStatus).ConfigureAwait(false);
        _hasEnded = true;
        if (!_response.IsAborted)
        {
            if (_response.HasPendingBody) await _response.WritePendingAsync().ConfigureAwait(false);
            _response.Finish();
        }
        await CompleteAsync().ConfigureAwait(false);
    }

    private async Task EndRequestAsync(int status)
    {
        await _request.EndAsync(body: null).ConfigureAwait(false);
        _request.FinalStatus = status;
    }

    private async Task CompleteAsync()
    {
        if (_request.IsCancellationWatched) _request.Cancel();
        if (_response.OwesCompletion) await _response.CompleteAsync(_request).ConfigureAwait(false);
    }

    private T Ended<T>(T result) => _hasEnded ? result
        : throw new InvalidOperationException("The response has not ended: await EndAsync() once the handler has returned, or have ResponseRecorder.RecordAsync call the handler.");
}
