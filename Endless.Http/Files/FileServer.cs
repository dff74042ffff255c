using Endless.Http.Files;
using Endless.Http.Semantics;

namespace Endless.Http;

/// <summary>
/// Serves files by the path of the request: <c>mux.Handle("/", new FileServer("wwwroot"))</c>. With preconditions, ranges and HEAD as in RFC 9110, and no way out of the directory. Go's <c>http.FileServer</c>.
/// </summary>
/// <remarks>
/// <para>Below a prefix, take that off first (Go's StripPrefix): redirects are relative. A directory is its index file; a path without a slash behind it is redirected to that with one, a file with one to that without, and
/// <c>.../index.html</c> to <c>./</c>. A path that is not clean (<c>..</c>, <c>//</c>), or holds an encoded slash, a backslash, a control character or no UTF-8, is that of no file. Methods other than GET and HEAD are 405.</para>
/// <para>Settings are to be set before the first request. Thread-safe.</para>
/// </remarks>
public sealed class FileServer : IHandler
{
    private static readonly string[] DefaultIndexFiles = ["index.html"];

    private readonly Dictionary<string, string> _contentTypes = new(StringComparer.OrdinalIgnoreCase);
    private readonly FileAnswer _answer;

    /// <summary>Serves what is below a directory, as <see cref="PhysicalFiles"/> has it.</summary>
    /// <param name="directory">A relative one is of the working directory as it is now.</param>
    /// <exception cref="ArgumentException">It is empty or holds a NUL.</exception>
    public FileServer(string directory) : this(new PhysicalFiles(directory))
    {
    }

    /// <summary>Serves a source.</summary>
    public FileServer(FileSource files)
    {
        ArgumentNullException.ThrowIfNull(files);
        Files = files;
        _answer = new FileAnswer(files, _contentTypes);
    }

    /// <summary>Where the files are from.</summary>
    public FileSource Files { get; }

    /// <summary>What a directory is served as: the first of these names that is there. Default <c>index.html</c>.</summary>
    public IReadOnlyList<string> IndexFiles
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            field = [.. value];
        }
    } = DefaultIndexFiles;

    /// <summary>
    /// The page of an application that has its routes in the browser: sent with 200 for paths that no file has, to browsers that go to a page (<c>Sec-Fetch-Mode: navigate</c>; of one that does not say so, an <c>Accept</c> that
    /// names <c>text/html</c>). A script or an image that is missing stays a 404. A path such as <c>/index.html</c>; null, the default, for none.
    /// </summary>
    /// <exception cref="ArgumentException">It is no path of a file.</exception>
    public string? Fallback { get; set => field = CheckPath(value, nameof(Fallback)); }

    /// <summary>The page that a 404 has, of the same files: <c>/404.html</c>. Null, the default, for a line of text.</summary>
    /// <exception cref="ArgumentException">It is no path of a file.</exception>
    public string? NotFoundPage { get; set => field = CheckPath(value, nameof(NotFoundPage)); }

    /// <summary>A directory without an index file is answered with a list of what lies in it, sorted, up to <see cref="FileSource.MaxListed"/> names. Default false: it is not found.</summary>
    public bool ListDirectories { get; set; }

    /// <summary>Files and directories whose names begin with a dot are served. Default false, but for <c>/.well-known/</c> (RFC 8615): <c>.git</c> and <c>.env</c> lie where nobody thinks of them.</summary>
    public bool ServeDotFiles { get; set; }

    /// <summary>
    /// Where a client takes it, <c>app.js.br</c>, <c>app.js.zst</c> or <c>app.js.gz</c> is sent for <c>app.js</c>, if it lies beside it and is not older. With <c>Vary: Accept-Encoding</c> and an entity tag of its own. Default false.
    /// </summary>
    public bool Precompressed { get; set; }

    /// <summary>The Cache-Control field for a file, by its path: <c>path => path.StartsWith("/assets/") ? FileServer.Immutable : "no-cache"</c>. Null, the default, or a null result for none: browsers then guess how long a file is good for.</summary>
    public Func<string, string?>? CacheControl { get; set; }

    /// <summary>Types by extension that the built-in ones have not, or others: <c>[".glsl"] = "text/plain; charset=utf-8"</c>. A file whose extension is in neither is looked at, as Go does.</summary>
    public IDictionary<string, string> ContentTypes => _contentTypes;

    /// <summary>A Cache-Control for files whose content never changes, since their names have a hash of it: a year, and no question even at a reload (RFC 8246).</summary>
    public const string Immutable = "public, max-age=31536000, immutable";

    /// <summary>
    /// A <see cref="CacheControl"/> for what bundlers write: <see cref="Immutable"/> where the name has a hash before its extension (<c>app.3f2a9c1b.js</c>, <c>app-3F2A9C1B.css</c>: a dot or a hyphen, and eight or more hexadecimal digits,
    /// letters and numbers among them), <c>no-cache</c> elsewhere: asked for each time, and answered with 304. Hashes of other alphabets cannot be told from words: name their directory.
    /// </summary>
    public static string? ImmutableHashedNames(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return HashedName.Has(path) ? Immutable : "no-cache";
    }

    /// <inheritdoc/>
    public Task ServeHttpAsync(ResponseWriter w, Request r)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(r);
        if (r.Method is not ("GET" or "HEAD"))
        {
            w.Header.Set("Allow", "GET, HEAD");
            w.Error("Method Not Allowed", 405);
            return Task.CompletedTask;
        }
        if (!RequestedPath.TryRead(r.RawPath, out var path, out var endsInSlash) || (!ServeDotFiles && RequestedPath.IsHidden(path))) return ServeMissingAsync(w, r);
        return endsInSlash ? ServeDirectoryAsync(w, r, path) : ServeAsync(w, r, path);
    }

    /// <summary>A path without a slash behind it.</summary>
    private async Task ServeAsync(ResponseWriter w, Request r, string path)
    {
        if (IndexFiles.Count > 0 && path.AsSpan(path.LastIndexOf('/') + 1).SequenceEqual(IndexFiles[0]))
        {
            Redirects.FromIndex(w, r);
            return;
        }
        var lookup = await OpenAsync(path, r).ConfigureAwait(false);
        if (lookup.Status != FileLookupStatus.Directory)
        {
            await AnswerAsync(w, r, path, lookup).ConfigureAwait(false);
            return;
        }
        // Only where there is something to see: else it would tell which directories there are.
        var (index, _) = await FindIndexAsync(path, r).ConfigureAwait(false);
        index.File?.Dispose();
        if (ListDirectories || index.Status != FileLookupStatus.NotFound) Redirects.ToDirectory(w, r, path);
        else await ServeMissingAsync(w, r).ConfigureAwait(false);
    }

    /// <summary>A path with a slash behind it.</summary>
    private async Task ServeDirectoryAsync(ResponseWriter w, Request r, string path)
    {
        // The index file first, though it is not known that this is a directory: of a hot page it is in memory.
        var (lookup, name) = await FindIndexAsync(path, r).ConfigureAwait(false);
        if (lookup.Status != FileLookupStatus.NotFound)
        {
            await AnswerAsync(w, r, name, lookup).ConfigureAwait(false);
            return;
        }
        lookup = await OpenAsync(path, r).ConfigureAwait(false);
        switch (lookup.Status)
        {
            case FileLookupStatus.Found:
                lookup.File!.Dispose();
                Redirects.ToFile(w, r, path);
                break;
            case FileLookupStatus.Directory when ListDirectories && Files.List(path) is { } files:
                await DirectoryListing.SendAsync(w, files, path, ServeDotFiles).ConfigureAwait(false);
                break;
            case FileLookupStatus.Directory:
                await ServeMissingAsync(w, r).ConfigureAwait(false);
                break;
            default:
                await AnswerAsync(w, r, path, lookup).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>The first index file of a directory that is there, or may not be read.</summary>
    private async ValueTask<(FileLookup Lookup, string Path)> FindIndexAsync(string directory, Request r)
    {
        for (var i = 0; i < IndexFiles.Count; i++)
        {
            var path = directory == "/" ? "/" + IndexFiles[i] : $"{directory}/{IndexFiles[i]}";
            var lookup = await OpenAsync(path, r).ConfigureAwait(false);
            if (lookup.Status is not (FileLookupStatus.NotFound or FileLookupStatus.Directory)) return (lookup, path);
        }
        return default;
    }

    private async Task AnswerAsync(ResponseWriter w, Request r, string path, FileLookup lookup)
    {
        switch (lookup.Status)
        {
            case FileLookupStatus.Found:
                using (lookup.File) await SendAsync(w, r, path, lookup.File!).ConfigureAwait(false);
                break;
            case FileLookupStatus.Forbidden:
                w.Error("403 Forbidden", 403);
                break;
            case FileLookupStatus.Unavailable:
                w.Error("503 Service Unavailable", 503);
                break;
            default:
                await ServeMissingAsync(w, r).ConfigureAwait(false);
                break;
        }
    }

    private async Task SendAsync(ResponseWriter w, Request r, string path, ServedFile file)
    {
        if (CacheControl?.Invoke(path) is { } cacheControl) w.Header.Set("Cache-Control", cacheControl);
        await _answer.SendAsync(w, r, path, file, Precompressed, Token(r)).ConfigureAwait(false);
    }

    /// <summary>No file has the path.</summary>
    private async Task ServeMissingAsync(ResponseWriter w, Request r)
    {
        if (Fallback is not null)
        {
            w.Header.Add("Vary", "Accept, Sec-Fetch-Mode");
            if (IsNavigation(r) && await OpenAsync(Fallback, r).ConfigureAwait(false) is { File: { } page })
            {
                using (page) await SendAsync(w, r, Fallback, page).ConfigureAwait(false);
                return;
            }
        }
        if (NotFoundPage is not null && await OpenAsync(NotFoundPage, r).ConfigureAwait(false) is { File: { } own })
        {
            w.StatusCode = 404;
            using (own) await _answer.SendAsync(w, r, NotFoundPage, own, triesCompressed: false, Token(r)).ConfigureAwait(false);
            return;
        }
        w.NotFound();
    }

    private ValueTask<FileLookup> OpenAsync(string path, Request r) => Files.OpenAsync(path, Token(r));

    /// <summary>Watching the client costs an object a request: not for files that are here.</summary>
    private CancellationToken Token(Request r) => Files.IsLocal ? default : r.Cancellation;

    private static bool IsNavigation(Request r) =>
        r.Header.Get("Sec-Fetch-Mode") is { } mode ? mode == "navigate" : AcceptField.Names(r.Header.Values("Accept"), "text/html");

    private static string? CheckPath(string? path, string name) =>
        path is null || (path != "/" && RequestedPath.IsName(path)) ? path
        : throw new ArgumentException($"{name} cannot be \"{path}\"; allowed is a path as a URL has it, decoded: it begins with a slash (\"/404.html\"), and has no empty or dot segments.", name);
}
