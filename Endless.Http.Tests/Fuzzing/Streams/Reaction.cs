using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Fuzzing.Streams;

/// <summary>What a server may do about a frame, by RFC 9113.</summary>
/// <param name="Nothing">It may take the frame, or pass over it.</param>
/// <param name="Reset">The codes with which it may reset the stream.</param>
/// <param name="GoAway">The codes with which it may end the connection.</param>
internal sealed record Reaction(bool Nothing, ErrorCode[] Reset, ErrorCode[] GoAway)
{
    /// <summary>There is nothing wrong with the frame.</summary>
    public static readonly Reaction None = new(true, [], []);

    /// <summary>A connection error (section 5.4.1).</summary>
    public static Reaction Connection(params ErrorCode[] codes) => new(false, [], codes);

    /// <summary>A stream error (section 5.4.2), which may be treated as one of the connection.</summary>
    public static Reaction Stream(params ErrorCode[] codes) => new(false, codes, codes);

    /// <summary>This where it is so, else nothing.</summary>
    public Reaction If(bool isSo) => isSo ? this : None;

    /// <summary>It is an error only where somebody looks.</summary>
    public Reaction OrNothing() => this with { Nothing = true };

    /// <summary>Two faults of one frame: which of them is seen first is open.</summary>
    public Reaction And(Reaction other)
    {
        if (this == None) return other;
        return other == None ? this : new(Nothing && other.Nothing, [.. Reset, .. other.Reset], [.. GoAway, .. other.GoAway]);
    }

    /// <summary>The connection ends by it.</summary>
    public bool EndsConnection => !Nothing && Reset.Length == 0;

    public override string ToString() => $"nothing: {Nothing}, RST_STREAM: {string.Join('/', Reset)}, GOAWAY: {string.Join('/', GoAway)}";
}
