using Endless.Http.Connections;
using Endless.Http.Workers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Endless.Http.Semantics;

/// <summary>
/// What the objects that a handler sees are thin over: a protocol engine's state of one request and its response. Both engines use theirs again for later requests, of the same
/// connection, so only who is inside a request (Request.Lifetime.cs) may touch it.
/// </summary>
internal interface IExchange
{
    /// <summary>The connection the request came on, the same for all requests of an exchange; null for one that came on none (a test).</summary>
    Connection? Connection { get; }

    /// <summary>Fires when the server stops accepting. The same for all requests.</summary>
    CancellationToken Draining { get; }

    /// <summary>Where the server calls its handlers. The same for all requests.</summary>
    SchedulingMode Scheduling { get; }

    /// <summary>Where the server logs. The same for all requests.</summary>
    ILogger Logger => NullLogger.Instance;

    /// <summary>The connection carries other requests at the same time (HTTP/2). The same for all requests.</summary>
    bool SharesConnection { get; }

    /// <summary>The number of the stream that carries the request (RFC 9113 section 5.1.1); 0 where the connection carries one request at a time.</summary>
    int StreamId => 0;

    /// <summary>The application code that the request is in: a stall of the thread that it runs on is put down to it. Null before there is any, and while it is on its way to a worker.</summary>
    BlockingSite? Site { set; }

    /// <summary>Nobody will see an answer: the client has taken the request back, or the connection is broken. Any thread, while the handler has not returned.</summary>
    bool IsAbandoned { get; }

    /// <summary>The request's header section.</summary>
    FieldLines Fields { get; }

    /// <summary>The handler asked for the request's cancellation: from now on <see cref="CancelRequest"/> is to be called when the client goes, at once if it has.</summary>
    void WatchPeer(Request request);

    /// <summary>Fires a request's cancellation, and logs what its callbacks throw. Any thread.</summary>
    void CancelRequest(Request request);

    /// <summary>The request's body has so many milliseconds from now to arrive, in the place of the server's time; negative for as long as it takes.</summary>
    void SetReadDeadline(long milliseconds);

    /// <summary>The same for the response.</summary>
    void SetWriteDeadline(long milliseconds);

    /// <summary>Something of the request was used after it was over.</summary>
    /// <param name="request">The request.</param>
    /// <param name="member">What was called.</param>
    void OnLateUse(Request request, string member);

    /// <summary>A write or a read of the request was refused, because another was under way.</summary>
    /// <inheritdoc cref="OnLateUse"/>
    void OnOverlap(Request request, string member);
}
