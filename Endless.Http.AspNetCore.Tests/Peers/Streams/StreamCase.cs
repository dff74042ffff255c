namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>The frames of a request on stream 1.</summary>
/// <param name="Name">What is compared.</param>
/// <param name="Write">Writes them.</param>
internal sealed record StreamCase(string Name, Action<FrameClient> Write)
{
    /// <summary>The stream whose answer is compared.</summary>
    public int Answered { get; init; } = 1;

    private static readonly (string Name, string Value)[] Usual = [(":method", "POST"), (":scheme", "http"), (":path", "/"), (":authority", "peer")];

    /// <summary>A whole request that is nothing but a head.</summary>
    public static StreamCase Head(string name, params (string Name, string Value)[] lines) => new(name, client => client.Head(1, lines));

    /// <summary>A usual head with fields more, and no body.</summary>
    public static StreamCase Fields(string name, params (string Name, string Value)[] fields) => Head(name, [.. Usual, .. fields]);

    /// <summary>A usual head with fields more, and frames behind it.</summary>
    public static StreamCase Body(string name, (string Name, string Value)[] fields, Action<FrameClient> write) => new(name, client =>
    {
        client.Head(1, [.. Usual, .. fields], endStream: false);
        write(client);
    });

    /// <summary>The usual head without one of its lines, or with another value of it.</summary>
    public static StreamCase Instead(string name, string line, params string[] values) =>
        Head(name, [.. Usual.SelectMany(usual => usual.Name == line ? values.Select(value => (line, value)) : [usual])]);

    public override string ToString() => Name;
}
