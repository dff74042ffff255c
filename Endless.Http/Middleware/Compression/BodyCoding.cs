using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>What a header says of a body's content coding.</summary>
internal static class BodyCoding
{
    /// <summary>Whether a response of a status has a body; 0 is none that is chosen.</summary>
    public static bool MayHaveBody(int status) => status is not ((> 0 and < 200) or 204 or 205 or 304);

    /// <summary>Whether a response is one that a coding may be applied to: a whole representation without one.</summary>
    public static bool IsPlain(int status, Header header) =>
        MayHaveBody(status) && status != 206 && header["Content-Encoding"] is null && header["Content-Range"] is null && !Has(header, "Cache-Control", "no-transform");

    /// <summary>Says that the response depends on Accept-Encoding (RFC 9110 section 12.5.5): a cache must not give one client another's coding.</summary>
    public static void AddVary(Header header)
    {
        if (!Has(header, "Vary", "Accept-Encoding") && !Has(header, "Vary", "*")) header.Add("Vary", "Accept-Encoding");
    }

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

    private static bool Has(Header header, string name, string element)
    {
        if (header[name] is not { } first) return false;
        if (FieldList.Has(first, element)) return true;
        foreach (var line in header.Values(name))
            if (FieldList.Has(line, element)) return true;
        return false;
    }
}
