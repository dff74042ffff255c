namespace Endless.Http.Tests.Programs;

/// <summary>How an answer ended for the client.</summary>
internal enum AnswerEnd
{
    /// <summary>With the mark of its end.</summary>
    Whole,

    /// <summary>The connection or the stream ended first: the client knows that something is missing.</summary>
    Cut,

    /// <summary>What came is no answer of the protocol, or none came at all.</summary>
    Malformed,
}

/// <summary>An answer as a client received it.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Status">0 if not even the status came.</param>
/// <param name="Fields">Of the header section.</param>
/// <param name="Body">As much of it as came.</param>
/// <param name="Trailers">Of the section behind the body.</param>
/// <param name="Detail">Of an answer that is not whole: what came in its place.</param>
internal sealed record Answer(AnswerEnd End, int Status, IReadOnlyList<(string Name, string Value)> Fields, byte[] Body, IReadOnlyList<(string Name, string Value)> Trailers, string Detail = "")
{
    public static Answer Of(AnswerEnd end, string detail) => new(end, 0, [], [], [], detail);

    public IEnumerable<string> Values(string name) => Fields.Where(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(f => f.Value);

    /// <summary>An answer of HTTP/1 after which the connection is not used again.</summary>
    public bool Closes => End != AnswerEnd.Whole || Values("Connection").Any(v => v.Equals("close", StringComparison.OrdinalIgnoreCase));
}
