namespace Endless.Http.Semantics;

/// <summary>What a response depends on (RFC 9110 section 12.5.5). Cache poisoning: a cache that is not told gives one client's answer to another.</summary>
internal static class VaryField
{
    /// <summary>Says that a response depends on a field of the request, unless that was said before.</summary>
    public static void Add(Header header, string name)
    {
        foreach (var line in header.Values("Vary"))
            if (FieldList.Has(line, name) || FieldList.Has(line, "*")) return;
        header.Add("Vary", name);
    }
}
