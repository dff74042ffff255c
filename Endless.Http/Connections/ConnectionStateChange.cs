namespace Endless.Http;

/// <summary>A connection has entered a state: what <see cref="EndlessServer.ConnectionStateChanged"/> tells.</summary>
public readonly struct ConnectionStateChange
{
    internal ConnectionStateChange(ConnectionInfo connection, ConnectionState state)
    {
        Connection = connection;
        State = state;
    }

    /// <summary>Which connection.</summary>
    public ConnectionInfo Connection { get; }

    /// <summary>The state that it is in now.</summary>
    public ConnectionState State { get; }
}
