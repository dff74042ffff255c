namespace Endless.Http.Connections;

/// <summary>What serves a connection, as whoever waits for the connection's end sees it. It is the connection's <see cref="Connection.Tag"/>.</summary>
internal interface IProtocolEngine
{
    /// <summary>
    /// Adds the requests under way: those whose handler has not returned, or whose answer has not been sent. Any thread, any time, so the flow goes on meanwhile: what is added may have just ended. Only
    /// objects of one request alone may be handed out; what is pooled is another request's by the time that it is read.
    /// </summary>
    void AddRequests(RequestsUnderWay requests);

    /// <summary>
    /// A request that the client begins here would be served here. Not, where it has one under way that is the last, or was told to begin no more and has answered that it knows. Any thread, any time.
    /// </summary>
    bool TakesRequests { get; }

    /// <summary>The time to drain is over. True if the clients of requests under way were told what the protocol has to say to that: the connection then ends by itself. False if it is to be aborted. Any thread.</summary>
    bool TryEndAtHammerTime() => false;
}
