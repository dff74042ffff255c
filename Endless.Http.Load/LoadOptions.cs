namespace Endless.Http.Load;

/// <summary>Which clients the load is made of.</summary>
public sealed record LoadOptions
{
    /// <summary>Clients that send one request after the other on a connection they keep.</summary>
    public int KeepAliveClients { get; init; } = 8;

    /// <summary>How long a keep-alive client thinks between two requests.</summary>
    public TimeSpan Think { get; init; }

    /// <summary>Fresh connections, one request each, are made this often; zero makes none.</summary>
    public TimeSpan FreshEvery { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Connections that send a request at the start, and are silent until they are asked whether they still stand.</summary>
    public int IdleConnections { get; init; }

    /// <summary>How long a client waits for a response before it counts it as lost.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);
}
