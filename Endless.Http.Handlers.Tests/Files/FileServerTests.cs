using System.Net;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Files;

/// <summary>What a user of <see cref="FileServer"/> sees.</summary>
public sealed class FileServerTests : IDisposable
{
    private readonly SiteDirectory _site = new();

    public void Dispose() => _site.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public async Task A_site_is_served_over_both_protocols(int major, int minor)
    {
        var large = new byte[300_000];
        new Random(1).NextBytes(large);
        _site.Write("index.html", "<p>home");
        _site.Write("css/site.css", "p {}");
        _site.Write("large.bin", large);
        await using var server = TestServer.InMemory(new FileServer(_site.Root));
        using var client = server.CreateClient(new Version(major, minor));
        using var home = await client.GetAsync("/");
        Assert.Equal("<p>home", await home.Content.ReadAsStringAsync());
        Assert.Equal("text/html; charset=utf-8", home.Content.Headers.ContentType!.ToString());
        Assert.Equal(SiteDirectory.Written, home.Content.Headers.LastModified!.Value.UtcDateTime);
        Assert.Equal("p {}", await client.GetStringAsync("/css/site.css"));
        Assert.Equal(large, await client.GetByteArrayAsync("/large.bin"));
        using var range = new HttpRequestMessage(HttpMethod.Get, "/large.bin") { Headers = { Range = new(200_000, 250_000) }, Version = client.DefaultRequestVersion };
        using var part = await client.SendAsync(range);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(large[200_000..250_001], await part.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_browser_that_has_a_file_is_told_so()
    {
        _site.Write("a.txt", "a");
        var files = new FileServer(_site.Root);
        var first = await SiteDirectory.GetAsync(files, "/a.txt");
        var again = await SiteDirectory.GetAsync(files, "/a.txt", $"If-None-Match: {first.SentHeader["ETag"]}");
        Assert.Equal((304, ""), (again.StatusCode, again.Text));
        Assert.Equal(first.SentHeader["ETag"], again.SentHeader["ETag"]);
        Assert.Null(again.SentHeader["Content-Type"] ?? again.SentHeader["Last-Modified"]);
    }

    [Fact]
    public async Task Head_has_the_fields_of_get_and_no_body()
    {
        _site.Write("a.txt", "abc");
        var files = new FileServer(_site.Root);
        var head = await SiteDirectory.AskAsync(files, "HEAD", "/a.txt", "Range: bytes=0-0");
        Assert.Equal((200, "", "3"), (head.StatusCode, head.Text, head.SentHeader["Content-Length"]));
        Assert.Equal("text/plain; charset=utf-8", head.SentHeader["Content-Type"]);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("get")]
    public async Task Other_methods_are_405_with_allow(string method)
    {
        _site.Write("a.txt", "abc");
        var w = await SiteDirectory.AskAsync(new FileServer(_site.Root), method, "/a.txt");
        Assert.Equal((405, "GET, HEAD"), (w.StatusCode, w.SentHeader["Allow"]));
    }

    [Theory]
    [InlineData("/index.html", "./")]
    [InlineData("/sub/index.html?a=b", "./?a=b")]
    [InlineData("/sub", "sub/")]
    [InlineData("/sub?q=%0d%0ax", "sub/?q=%0d%0ax")]
    [InlineData("/a.txt/", "../a.txt")]
    [InlineData("/sub/b%20c.txt/", "../b%20c.txt")]
    [InlineData("/x:y", "./x:y/")]
    public async Task Slashes_are_mended_by_relative_redirects(string target, string location)
    {
        _site.Write("index.html", "");
        _site.Write("sub/index.html", "");
        _site.Write("x:y/index.html", "");
        _site.Write("a.txt", "");
        _site.Write("sub/b c.txt", "");
        var w = await SiteDirectory.GetAsync(new FileServer(_site.Root), target);
        Assert.Equal((301, location), (w.StatusCode, w.SentHeader["Location"]));
    }

    [Fact]
    public async Task A_directory_without_an_index_is_not_found()
    {
        _site.Write("sub/a.txt", "");
        var files = new FileServer(_site.Root);
        Assert.Equal(404, (await SiteDirectory.GetAsync(files, "/sub")).StatusCode);
        Assert.Equal(404, (await SiteDirectory.GetAsync(files, "/sub/")).StatusCode);
        Assert.Equal(404, (await SiteDirectory.GetAsync(files, "/")).StatusCode);
    }

    [Fact]
    public async Task The_first_index_file_that_is_there_is_the_directory()
    {
        _site.Write("sub/default.htm", "d");
        var files = new FileServer(_site.Root) { IndexFiles = ["index.html", "default.htm"] };
        var w = await SiteDirectory.GetAsync(files, "/sub/");
        Assert.Equal(("d", "text/html; charset=utf-8"), (w.Text, w.SentHeader["Content-Type"]));
        Assert.Equal("d", (await SiteDirectory.GetAsync(files, "/sub/default.htm")).Text);
    }

    [Fact]
    public async Task A_listing_is_sorted_and_encoded()
    {
        _site.Write("b.txt", "");
        _site.Write("a & b?.txt", "");
        _site.Write("<script>alert(1)<", "");
        _site.Write("\"x:y", "");
        _site.Write("sub/c.txt", "");
        _site.Write(".env", "");
        var files = new FileServer(_site.Root) { ListDirectories = true };
        var w = await SiteDirectory.GetAsync(files, "/");
        var links = w.Text.Split('\n').Where(line => line.StartsWith("<a ", StringComparison.Ordinal));
        Assert.Equal(
        [
            "<a href=\"./%22x:y\">&quot;x:y</a>",
            "<a href=\"./%3Cscript%3Ealert(1)%3C\">&lt;script&gt;alert(1)&lt;</a>",
            "<a href=\"./a%20&amp;%20b%3F.txt\">a &amp; b?.txt</a>",
            "<a href=\"./b.txt\">b.txt</a>",
            "<a href=\"./sub/\">sub/</a>",
        ], links);
        Assert.Contains("default-src 'none'", w.SentHeader["Content-Security-Policy"]);
        Assert.Equal("sub/", (await SiteDirectory.GetAsync(files, "/sub")).SentHeader["Location"]);
        Assert.Contains(".env", (await SiteDirectory.GetAsync(new FileServer(_site.Root) { ListDirectories = true, ServeDotFiles = true }, "/")).Text);
    }

    [Theory]
    [InlineData("/.env", 404)]
    [InlineData("/.git/config", 404)]
    [InlineData("/%2egit/config", 404)]
    [InlineData("/sub/.hidden/a.txt", 404)]
    [InlineData("/.well-known/security.txt", 200)]
    [InlineData("/.well-known/.secret", 404)]
    [InlineData("/.well-knownx/a.txt", 404)]
    [InlineData("/sub/.well-known/a.txt", 404)]
    public async Task Names_that_begin_with_a_dot_are_hidden(string target, int status)
    {
        foreach (var path in new[] { ".env", ".git/config", "sub/.hidden/a.txt", ".well-known/security.txt", ".well-known/.secret", ".well-knownx/a.txt", "sub/.well-known/a.txt" }) _site.Write(path, "x");
        Assert.Equal(status, (await SiteDirectory.GetAsync(new FileServer(_site.Root), target)).StatusCode);
        Assert.Equal(200, (await SiteDirectory.GetAsync(new FileServer(_site.Root) { ServeDotFiles = true }, target)).StatusCode);
    }

    [Fact]
    public async Task A_page_of_the_browsers_own_routes_is_the_fallback()
    {
        _site.Write("index.html", "app");
        var files = new FileServer(_site.Root) { Fallback = "/index.html" };
        var page = await SiteDirectory.GetAsync(files, "/orders/42", "Accept: text/html,*/*;q=0.8");
        Assert.Equal((200, "app", "text/html; charset=utf-8"), (page.StatusCode, page.Text, page.SentHeader["Content-Type"]));
        Assert.Equal("Accept, Sec-Fetch-Mode", page.SentHeader["Vary"]);
        Assert.Equal(200, (await SiteDirectory.GetAsync(files, "/orders/42", "Sec-Fetch-Mode: navigate")).StatusCode);
        Assert.Equal(404, (await SiteDirectory.GetAsync(files, "/assets/gone.js", "Accept: */*")).StatusCode);
        Assert.Equal(404, (await SiteDirectory.GetAsync(files, "/assets/gone.js", "Sec-Fetch-Mode: cors", "Accept: text/html")).StatusCode);
        Assert.Equal(404, (await SiteDirectory.GetAsync(files, "/orders/42")).StatusCode);
    }

    [Fact]
    public async Task A_404_can_have_a_page_of_its_own()
    {
        _site.Write("404.html", "<p>gone");
        var files = new FileServer(_site.Root) { NotFoundPage = "/404.html" };
        var w = await SiteDirectory.GetAsync(files, "/nothing", "Range: bytes=0-1", "If-None-Match: *");
        Assert.Equal((404, "<p>gone", "text/html; charset=utf-8"), (w.StatusCode, w.Text, w.SentHeader["Content-Type"]));
        Assert.Null(w.SentHeader["ETag"] ?? w.SentHeader["Last-Modified"]);
        Assert.Equal((404, ""), ((await SiteDirectory.AskAsync(files, "HEAD", "/nothing")).StatusCode, (await SiteDirectory.AskAsync(files, "HEAD", "/nothing")).Text));
    }

    [Theory]
    [InlineData("404.html")]
    [InlineData("/")]
    [InlineData("/a/../b")]
    [InlineData("/a//b")]
    public void A_page_that_is_no_path_is_refused(string path)
    {
        Assert.Throws<ArgumentException>(() => new FileServer(_site.Root) { NotFoundPage = path });
        Assert.Throws<ArgumentException>(() => new FileServer(_site.Root) { Fallback = path });
    }

    [Theory]
    [InlineData("/app.3f2a9c1b.js", true)]
    [InlineData("/x/app-3F2A9C1B.css", true)]
    [InlineData("/app.3f2a9c1b.js.map", true)]
    [InlineData("/3f2a9c1b.js", false)]
    [InlineData("/report-20240131.pdf", false)]
    [InlineData("/cafe-facade.js", false)]
    [InlineData("/index.html", false)]
    [InlineData("/noextension", false)]
    public async Task Names_with_a_hash_are_immutable(string path, bool isImmutable)
    {
        _site.Write(path[1..], "x");
        var files = new FileServer(_site.Root) { CacheControl = FileServer.ImmutableHashedNames, IndexFiles = [] };
        Assert.Equal(isImmutable ? FileServer.Immutable : "no-cache", (await SiteDirectory.GetAsync(files, path)).SentHeader["Cache-Control"]);
    }

    [Fact]
    public async Task Types_can_be_added_and_are_else_sniffed()
    {
        foreach (var name in new[] { "a.glsl", "b.PNG", "c.unknown", "d", "e.html" }) _site.Write(name, "<html><p>");
        var files = new FileServer(_site.Root) { ContentTypes = { [".glsl"] = "text/x-glsl", [".html"] = "text/html; charset=iso-8859-1" } };
        Assert.Equal("text/x-glsl", await TypeOf("/a.glsl"));
        Assert.Equal("image/png", await TypeOf("/b.PNG"));
        Assert.Equal("text/html; charset=utf-8", await TypeOf("/c.unknown"));
        Assert.Equal("text/html; charset=utf-8", await TypeOf("/d"));
        Assert.Equal("text/html; charset=iso-8859-1", await TypeOf("/e.html"));

        async Task<string?> TypeOf(string path) => (await SiteDirectory.GetAsync(files, path)).SentHeader["Content-Type"];
    }

    [Theory]
    [InlineData(null, null, "original")]
    [InlineData("gzip", "gzip", "gz")]
    [InlineData("gzip, br", "br", "br")]
    [InlineData("gzip, zstd, br;q=0.5", "gzip", "gz")] // there is no .zst, and gzip is liked better than br
    [InlineData("br;q=0, identity", null, "original")]
    [InlineData("deflate", null, "original")]
    public async Task Compressed_siblings_are_sent_to_those_who_take_them(string? accepted, string? coding, string body)
    {
        _site.Write("app.js", "original");
        _site.Write("app.js.br", "br");
        _site.Write("app.js.gz", "gz");
        var files = new FileServer(_site.Root) { Precompressed = true };
        var w = accepted is null ? await SiteDirectory.GetAsync(files, "/app.js") : await SiteDirectory.GetAsync(files, "/app.js", "Accept-Encoding: " + accepted);
        Assert.Equal((body, coding, "text/javascript; charset=utf-8", "Accept-Encoding"), (w.Text, w.SentHeader["Content-Encoding"], w.SentHeader["Content-Type"], w.SentHeader["Vary"]));
        Assert.Equal(coding is not null, w.SentHeader["ETag"]!.EndsWith($"-{coding}\"", StringComparison.Ordinal));
        var again = await SiteDirectory.GetAsync(files, "/app.js", "Accept-Encoding: " + (accepted ?? ""), "If-None-Match: " + w.SentHeader["ETag"]);
        Assert.Equal((304, "Accept-Encoding", (string?)null), (again.StatusCode, again.SentHeader["Vary"], again.SentHeader["Content-Encoding"]));
    }

    [Fact]
    public async Task A_sibling_older_than_its_original_is_not_sent()
    {
        _site.Write("app.js", "new");
        File.SetLastWriteTimeUtc(_site.Write("app.js.br", "old"), SiteDirectory.Written.AddSeconds(-1));
        var w = await SiteDirectory.GetAsync(new FileServer(_site.Root) { Precompressed = true }, "/app.js", "Accept-Encoding: br");
        Assert.Equal("new", w.Text);
    }

    [Fact]
    public async Task Other_sources_are_served_alike()
    {
        var memory = new MemoryFiles { { "/index.html", "memory" }, { "/sub/a.txt", "a" } };
        _site.Write("index.html", "disk");
        _site.Write("sub/b.txt", "b");
        var files = new FileServer(new OverlayFiles(memory, new PhysicalFiles(_site.Root))) { ListDirectories = true };
        Assert.Equal("memory", (await SiteDirectory.GetAsync(files, "/")).Text);
        Assert.Equal("b", (await SiteDirectory.GetAsync(files, "/sub/b.txt")).Text);
        var listing = (await SiteDirectory.GetAsync(files, "/sub/")).Text;
        Assert.Contains(">a.txt<", listing);
        Assert.Contains(">b.txt<", listing);
        Assert.True(memory.Remove("/sub/a.txt"));
        Assert.Equal(404, (await SiteDirectory.GetAsync(files, "/sub/a.txt")).StatusCode);
        Assert.Null(memory.List("/sub"));
        Assert.Throws<ArgumentException>(() => memory.Set("a.txt", ""));
    }

    [Fact]
    public async Task A_lower_layers_sibling_is_not_sent_for_an_upper_layers_file()
    {
        var upper = new MemoryFiles { { "/app.js", "upper" } };
        var lower = new MemoryFiles { { "/app.js", "lower" }, { "/app.js.br", "lower, compressed" }, { "/b.js", "b" }, { "/b.js.br", "b, compressed" } };
        var files = new FileServer(new OverlayFiles(upper, lower)) { Precompressed = true };
        Assert.Equal("upper", (await SiteDirectory.GetAsync(files, "/app.js", "Accept-Encoding: br")).Text);
        Assert.Equal("b, compressed", (await SiteDirectory.GetAsync(files, "/b.js", "Accept-Encoding: br")).Text);
    }

    [Fact]
    public async Task Embedded_files_are_served_with_a_tag_of_their_content()
    {
        var files = new FileServer(new EmbeddedFiles(typeof(FileServerTests).Assembly, "Files/Site"));
        var w = await SiteDirectory.GetAsync(files, "/page.html");
        Assert.Equal((200, "<p>embedded\n"), (w.StatusCode, w.Text));
        Assert.Equal(304, (await SiteDirectory.GetAsync(files, "/page.html", "If-None-Match: " + w.SentHeader["ETag"])).StatusCode);
        Assert.Throws<ArgumentException>(() => new EmbeddedFiles(typeof(FileServerTests).Assembly, "nothing"));
    }

    [Fact]
    public async Task A_source_that_cannot_tell_is_403_or_503()
    {
        Assert.Equal(403, (await SiteDirectory.GetAsync(new FileServer(new FixedSource(FileLookup.Forbidden)), "/a")).StatusCode);
        Assert.Equal(503, (await SiteDirectory.GetAsync(new FileServer(new FixedSource(FileLookup.Unavailable)), "/a")).StatusCode);
        Assert.Equal(403, (await SiteDirectory.GetAsync(new FileServer(new FixedSource(FileLookup.Forbidden)), "/a/")).StatusCode);
    }

    private sealed class FixedSource(FileLookup lookup) : FileSource
    {
        public override ValueTask<FileLookup> OpenAsync(string path, CancellationToken cancellationToken = default) => new(lookup);
    }
}
