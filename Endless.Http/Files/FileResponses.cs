using Endless.Http.Files;

namespace Endless.Http;

/// <summary>Answers with one file, whatever the path of the request: Go's <c>http.ServeFile</c>, <c>ServeFileFS</c> and <c>ServeContent</c>, with preconditions, ranges and HEAD.</summary>
public static class FileResponses
{
    /// <summary>
    /// Answers with a file of the program's choice. Regular files only: a directory, a pipe or a device is not found (404), and one that may not be read is 403. Where a client has a say in the path, use the overload that has a
    /// <see cref="FileSource"/>, which it cannot lead out of. As a precaution, as in Go, a request whose own path has a segment <c>..</c> is answered with 400.
    /// </summary>
    /// <param name="w">The response. A Content-Type, an ETag and a Content-Disposition (<see cref="Attachment"/>) that are set stay.</param>
    /// <param name="r">The request.</param>
    /// <param name="path">The file's, absolute or of the working directory. Links are followed.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static Task ServeFileAsync(this ResponseWriter w, Request r, string path)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(r);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (HasDots(r.Path))
        {
            w.Error("invalid URL path", 400);
            return Task.CompletedTask;
        }
        return AnswerAsync(w, r, path, OpenedFile.Open(path));
    }

    /// <summary>Answers with a file of a source, which the path cannot lead out of, whoever chose it: <c>w.ServeFileAsync(r, uploads, "/" + r.PathValue("name"))</c>. Go's <c>http.ServeFileFS</c>.</summary>
    /// <param name="w">The response. A Content-Type, an ETag and a Content-Disposition (<see cref="Attachment"/>) that are set stay.</param>
    /// <param name="r">The request.</param>
    /// <param name="files">The source. Names that begin with a dot are served.</param>
    /// <param name="path">As in <see cref="FileSource.OpenAsync"/>: it begins with a slash. Anything that is no such path is not found.</param>
    public static async Task ServeFileAsync(this ResponseWriter w, Request r, FileSource files, string path)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(r);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(path);
        var lookup = RequestedPath.IsName(path) ? await files.OpenAsync(path, files.IsLocal ? default : r.Cancellation).ConfigureAwait(false) : FileLookup.NotFound;
        await AnswerAsync(w, r, path, lookup).ConfigureAwait(false);
    }

    /// <summary>Answers with a content that a program has: preconditions by <paramref name="modified"/> and an ETag that is set, ranges, HEAD. Go's <c>http.ServeContent</c>.</summary>
    /// <param name="w">The response. A Content-Type and an ETag that are set stay.</param>
    /// <param name="r">The request.</param>
    /// <param name="name">For its extension, which says the type; the first bytes do where that is not known. It goes nowhere else.</param>
    /// <param name="modified">When it was changed last, for Last-Modified; null, or 1970, for none.</param>
    /// <param name="content">A stream that can seek, from its beginning to its end. It stays the caller's.</param>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public static async Task ServeContentAsync(this ResponseWriter w, Request r, string name, DateTimeOffset? modified, Stream content)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(r);
        ArgumentNullException.ThrowIfNull(name);
        using var file = ServedFile.Borrow(content, modified);
        await ContentResponse.SendAsync(w, r, file, ContentTypeTable.Find(name)).ConfigureAwait(false);
    }

    /// <summary>The same for bytes in memory.</summary>
    /// <inheritdoc cref="ServeContentAsync(ResponseWriter, Request, string, DateTimeOffset?, Stream)" path="/param"/>
    public static async Task ServeContentAsync(this ResponseWriter w, Request r, string name, DateTimeOffset? modified, ReadOnlyMemory<byte> content)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(r);
        ArgumentNullException.ThrowIfNull(name);
        using var file = new ServedFile(content, modified);
        await ContentResponse.SendAsync(w, r, file, ContentTypeTable.Find(name)).ConfigureAwait(false);
    }

    /// <summary>
    /// Has a browser save what is answered, under this name, in place of showing it (Content-Disposition, RFC 6266). The name may be any text, a user's too: of a path its last part is taken; control characters, and those that
    /// turn the direction of text around, so that <c>exe</c> is seen as something else, become underscores; what is not ASCII goes as UTF-8 (RFC 8187). Before the first write.
    /// </summary>
    public static void Attachment(this ResponseWriter w, string fileName)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(fileName);
        w.Header.Set("Content-Disposition", ContentDisposition.Attachment(fileName));
    }

    private static async Task AnswerAsync(ResponseWriter w, Request r, string path, FileLookup lookup)
    {
        switch (lookup.Status)
        {
            case FileLookupStatus.Found:
                using (lookup.File) await ContentResponse.SendAsync(w, r, lookup.File!, ContentTypeTable.Find(path)).ConfigureAwait(false);
                return;
            case FileLookupStatus.Forbidden:
                Refuse(w, "403 Forbidden", 403);
                return;
            case FileLookupStatus.Unavailable:
                Refuse(w, "503 Service Unavailable", 503);
                return;
            default:
                Refuse(w, "404 page not found", 404);
                return;
        }
    }

    private static void Refuse(ResponseWriter w, string text, int status)
    {
        w.Header.Remove("Content-Disposition"); // or the text would be saved under the file's name
        w.Error(text, status);
    }

    private static bool HasDots(string path)
    {
        foreach (var part in path.AsSpan().SplitAny('/', '\\'))
            if (path.AsSpan(part) is "..") return true;
        return false;
    }
}
