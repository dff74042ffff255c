using Endless.Http.Semantics;

namespace Endless.Http.Files;

/// <summary>
/// Redirects to a place beside the requested one. The Location is relative, so that it is right whatever prefix was taken off the path before the handler saw it (StripPrefix). 301, as Go's.
/// </summary>
internal static class Redirects
{
    /// <summary>From a directory to the same with a slash.</summary>
    public static void ToDirectory(ResponseWriter w, Request r, ReadOnlySpan<char> path) => To(w, r, Reference("", path, "/"));

    /// <summary>From a file with a slash behind it to the file.</summary>
    public static void ToFile(ResponseWriter w, Request r, ReadOnlySpan<char> path) => To(w, r, Reference("../", path, ""));

    /// <summary>From a directory's index file to the directory.</summary>
    public static void FromIndex(ResponseWriter w, Request r) => To(w, r, "./");

    private static string Reference(string before, ReadOnlySpan<char> path, string after)
    {
        var name = PercentEncoding.EncodePath(path[(path.LastIndexOf('/') + 1)..].ToString());
        // Open redirect: "x:y/" would be of a scheme x (RFC 3986 section 4.2).
        if (before.Length == 0 && name.Contains(':')) before = "./";
        return before + name + after;
    }

    private static void To(ResponseWriter w, Request r, string reference)
    {
        w.Header.Set("Location", r.RawQuery.Length > 0 ? $"{reference}?{LocationField.Encode(r.RawQuery)}" : reference);
        w.WriteHeader(301);
    }
}
