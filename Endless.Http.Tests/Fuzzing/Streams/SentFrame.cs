using Endless.Http.Http2.Frames;

namespace Endless.Http.Tests.Fuzzing.Streams;

/// <summary>A header section as a client means it.</summary>
/// <param name="Fields">Its lines.</param>
/// <param name="IsMalformed">It is no request, or no trailer section (RFC 9113 section 8.1.1).</param>
/// <param name="ContentLength">What it declares; -1 for nothing.</param>
internal sealed record SentSection((string Name, string Value)[] Fields, bool IsMalformed, long ContentLength)
{
    public bool IsHead => Fields.Contains((":method", "HEAD"));

    public bool IsTrailers => !Array.Exists(Fields, line => line.Name[0] == ':');
}

/// <summary>A frame that the client sends. On HEADERS with what the block says, of which the payload may be the beginning; without it if the block cannot be decoded.</summary>
internal sealed record SentFrame(FrameType Type, FrameFlags Flags, int StreamId, byte[] Payload, SentSection? Section = null)
{
    public bool Has(FrameFlags flag) => (Flags & flag) != 0;

    public bool EndStream => Type is FrameType.Data or FrameType.Headers && Has(FrameFlags.EndStream);

    /// <summary>The first four octets as a number of 31 bits.</summary>
    public int First => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(Payload) & int.MaxValue;

    public override string ToString() =>
        $"{Type} {Flags} stream {StreamId}, {Payload.Length} octets {Convert.ToHexString(Payload, 0, Math.Min(Payload.Length, 12))} {(Section is null ? "" : string.Join(' ', Section.Fields.Select(f => $"{f.Name}={(f.Value.Length > 20 ? f.Value.Length : f.Value)}")))}";
}
