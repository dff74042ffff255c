namespace Endless.Http.Files;

/// <summary>An entity tag of a content: FNV-1a of 128 bits. Nobody gains by two contents with one tag but whoever writes both, so it need not be a cryptographic hash, whose library is 5 MB of memory.</summary>
internal static class ContentTag
{
    public static string Of(ReadOnlySpan<byte> content)
    {
        var prime = new UInt128(0x0000000001000000, 0x000000000000013b);
        var hash = new UInt128(0x6c62272e07bb0142, 0x62b821756295c58d);
        foreach (var octet in content) hash = unchecked((hash ^ octet) * prime);
        return $"\"{hash:x32}\"";
    }
}
