using Microsoft.AspNetCore.Http;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>Something an endpoint does, and the request it gets for it.</summary>
/// <param name="Name">What is compared.</param>
/// <param name="Run">The endpoint; it notes what it sees.</param>
internal sealed record BehaviourCase(string Name, Func<HttpContext, Observation, Task> Run)
{
    public string Method { get; init; } = "GET";

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The request's body, sent with its length.</summary>
    public byte[]? Body { get; init; }

    public IReadOnlyList<int> Versions { get; init; } = [1, 2];

    /// <summary>What a client of HTTP/1.1 does in the place of sending the request and reading its response. The path to ask for comes with the client.</summary>
    public Func<RawClient, string, Observation, Task>? Client { get; init; }

    /// <summary>What a client of HTTP/2 does in the place of that.</summary>
    public Func<PriorKnowledgeClient, string, Observation, Task>? StreamClient { get; init; }

    /// <summary>Keys of which only the type of an exception is Kestrel's promise.</summary>
    public bool WithMessages { get; init; } = true;
}
