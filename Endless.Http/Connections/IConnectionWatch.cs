namespace Endless.Http.Connections;

/// <summary>Is told of what becomes of a server's connections: a few calls each, none a request. Called on the connection's thread, several at a time; must not block or throw.</summary>
internal interface IConnectionWatch
{
    /// <summary>It is served, newly accepted or handed over by the generation before.</summary>
    void Began(Connection connection);

    /// <summary>It is closed at once: there are as many as there may be.</summary>
    void Rejected(Connection connection);

    /// <summary>A handler took it over; <see cref="Ended"/> is told of it all the same.</summary>
    void Upgraded(Connection connection);

    /// <summary>It is closed, or in the next generation. Of one that never began too.</summary>
    void Ended(Connection connection);

    /// <summary>Its TLS handshake begins.</summary>
    void HandshakeBegan(Connection connection);

    /// <summary>Its TLS handshake is over.</summary>
    void HandshakeEnded(Connection connection, TimeSpan duration, bool succeeded);
}
