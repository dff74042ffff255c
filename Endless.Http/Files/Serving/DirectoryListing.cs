using System.Net;
using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http.Files;

/// <summary>The page that lists a directory. Script injection: whoever can put a file there chooses its name, so it is encoded as HTML and as a URL, and the page may run no script anyway.</summary>
internal static class DirectoryListing
{
    /// <summary>Answers with the list.</summary>
    /// <param name="w">The response.</param>
    /// <param name="files">What lies there, in any order.</param>
    /// <param name="path">The directory's, for the title.</param>
    /// <param name="showsHidden">Names that begin with a dot are listed too.</param>
    public static Task SendAsync(ResponseWriter w, IReadOnlyList<ListedFile> files, string path, bool showsHidden)
    {
        var sorted = new List<ListedFile>(files.Count);
        foreach (var file in files)
            if (showsHidden || !file.Name.StartsWith('.')) sorted.Add(file);
        sorted.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));

        var title = WebUtility.HtmlEncode(path);
        var page = new StringBuilder($"<!doctype html>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<pre>\n");
        foreach (var (name, isDirectory) in sorted)
        {
            var shown = isDirectory ? name + "/" : name;
            // "./": a name with a colon would be of a scheme (RFC 3986 section 4.2).
            page.Append("<a href=\"./").Append(WebUtility.HtmlEncode(PercentEncoding.EncodePath(shown))).Append("\">").Append(WebUtility.HtmlEncode(shown)).Append("</a>\n");
        }
        page.Append("</pre>\n");
        w.Header.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        w.Header.Set("X-Content-Type-Options", "nosniff");
        w.Html(page.ToString());
        return Task.CompletedTask;
    }
}
