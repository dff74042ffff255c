namespace Endless.Http.Semantics;

/// <summary>HEXDIG (RFC 5234 appendix B.1), in either case.</summary>
internal static class HexDigit
{
    /// <summary>0 to 15, or -1 for a byte that is none.</summary>
    public static int Value(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        _ => -1,
    };
}
