namespace Endless.Http.Load;

/// <summary>Which clients the load is made of.</summary>
public sealed record LoadOptions
{
    /// <summary>What all of them speak.</summary>
    public LoadProtocol Protocol { get; init; }

    /// <summary>Clients that send one request after the other on a connection they keep; over HTTP/2 <see cref="Streams"/> at a time.</summary>
    public int KeepAliveClients { get; init; } = 8;

    /// <summary>Requests that a client of HTTP/2 has under way.</summary>
    public int Streams { get; init; } = 8;

    /// <summary>How long a keep-alive client thinks between two requests.</summary>
    public TimeSpan Think { get; init; }

    /// <summary>Fresh connections of HTTP/1, one request each, are made this often; zero makes none.</summary>
    public TimeSpan FreshEvery { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Connections that send a request at the start, and are silent until they are asked whether they still stand.</summary>
    public int IdleConnections { get; init; }

    /// <summary>What the server answers to a request for <c>/</c>.</summary>
    public ReadOnlyMemory<byte> Answer { get; init; } = "Hello, World!"u8.ToArray();

    /// <summary>How long a client waits for a response before it counts it as lost.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    internal bool IsTls => Protocol is LoadProtocol.Tls or LoadProtocol.H2;

    internal bool IsHttp2 => Protocol is LoadProtocol.H2c or LoadProtocol.H2;
}
