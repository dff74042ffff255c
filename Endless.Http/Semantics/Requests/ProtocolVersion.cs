namespace Endless.Http.Semantics;

/// <summary>What a client speaks (RFC 9110 section 2.5).</summary>
internal enum ProtocolVersion : byte
{
    Http10,
    Http11,
    Http20,
}
