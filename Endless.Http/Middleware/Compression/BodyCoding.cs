using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>What a header says of a body's content coding.</summary>
internal static class BodyCoding
{
    /// <summary>Whether a response of a status has a body; 0 is none that is chosen.</summary>
    public static bool MayHaveBody(int status) => status is not ((> 0 and < 200) or 204 or 205 or 304);

    /// <summary>Whether a response is one that a coding may be applied to: a whole representation without one.</summary>
    public static bool IsPlain(int status, Header header) =>
        MayHaveBody(status) && status != 206 && header["Content-Encoding"] is null && header["Content-Range"] is null && !ForbidsTransform(header);

    /// <summary>Turns the header of a representation into that of an encoded one, which has other bytes, and another number of them.</summary>
    public static void Apply(Header header, string coding)
    {
        header.Set("Content-Encoding", coding);
        header.Remove("Content-Length");
        header.Remove("Accept-Ranges"); // of the plain bytes
        header.Remove("Content-MD5");
        header.Remove("Content-Digest"); // RFC 9530: of the bytes that are sent
        if (header["ETag"] is { } tag) header.Set("ETag", EntityTag.Weaken(tag));
    }

    private static bool ForbidsTransform(Header header)
    {
        foreach (var line in header.Values("Cache-Control"))
            if (FieldList.Has(line, "no-transform")) return true;
        return false;
    }
}
