using Endless.Http.Load;

namespace Endless.Http.Handlers.Tests.Files;

/// <summary>What <see cref="PhysicalFiles"/> keeps in memory, and for how long.</summary>
public sealed class FileCacheTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private readonly SiteDirectory _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task A_change_is_seen_when_the_duration_is_over()
    {
        _site.Write("a.txt", "old");
        var files = new PhysicalFiles(_site.Root) { CacheDuration = Long };
        var server = new FileServer(files);
        Assert.Equal("old", (await SiteDirectory.GetAsync(server, "/a.txt")).Text);
        _site.Write("a.txt", "new"); // of the same size and time
        Assert.Equal("old", (await SiteDirectory.GetAsync(server, "/a.txt")).Text);
        files.CacheDuration = TimeSpan.FromMilliseconds(1);
        await Deadline.UntilAsync(async () => (await SiteDirectory.GetAsync(server, "/a.txt")).Text == "new", "the change is seen");
    }

    [Fact]
    public async Task Without_a_duration_each_request_looks()
    {
        var files = new FileServer(new PhysicalFiles(_site.Root) { CacheDuration = TimeSpan.Zero });
        for (var i = 0; i < 10; i++)
        {
            _site.Write("a.txt", i.ToString());
            Assert.Equal(i.ToString(), (await SiteDirectory.GetAsync(files, "/a.txt")).Text);
        }
        File.Delete(_site["a.txt"]);
        Assert.Equal(404, (await SiteDirectory.GetAsync(files, "/a.txt")).StatusCode);
    }

    [Fact]
    public async Task A_file_that_is_gone_or_may_not_be_served_any_more_is_forgotten()
    {
        var files = new PhysicalFiles(_site.Root) { CacheDuration = TimeSpan.FromMilliseconds(1) };
        foreach (var change in new Action<string>[] { File.Delete, path => { File.Delete(path); Directory.CreateDirectory(path); }, path => { Directory.Delete(path); File.CreateSymbolicLink(path, "/etc/passwd"); } })
        {
            if (!Directory.Exists(_site["a.txt"])) _site.Write("a.txt", "a");
            if (!Directory.Exists(_site["a.txt"])) Assert.Equal("a", (await SiteDirectory.GetAsync(new FileServer(files), "/a.txt")).Text);
            change(_site["a.txt"]);
            await Deadline.UntilAsync(async () => (await files.OpenAsync("/a.txt")).Status != FileLookupStatus.Found, "the file is gone");
            Assert.Equal(0, files.CachedBytes);
        }
    }

    [Fact]
    public async Task What_is_in_memory_is_bounded()
    {
        var files = new PhysicalFiles(_site.Root) { CacheDuration = Long, CacheBytes = 100_000, CachedFileBytes = 10_000 };
        var server = new FileServer(files);
        for (var i = 0; i < 60; i++)
        {
            _site.Write($"{i}.txt", new string((char)('a' + i % 26), 9_000));
            Assert.Equal(9_000, (await SiteDirectory.GetAsync(server, $"/{i}.txt")).Text.Length);
            _ = await SiteDirectory.GetAsync(server, "/0.txt"); // used all the time
            Assert.InRange(files.CachedBytes, 1, 100_000);
        }
        _site.Write("0.txt", "changed");
        Assert.Equal(9_000, (await SiteDirectory.GetAsync(server, "/0.txt")).Text.Length); // still there
        _site.Write("large.txt", new string('x', 10_001));
        var before = files.CachedBytes;
        _ = await SiteDirectory.GetAsync(server, "/large.txt");
        Assert.Equal(before, files.CachedBytes);
    }

    [Fact]
    public async Task A_flood_of_names_that_are_not_there_takes_no_memory()
    {
        var files = new PhysicalFiles(_site.Root) { CacheDuration = Long };
        var server = new FileServer(files) { Precompressed = true };
        for (var i = 0; i < 1_000; i++) Assert.Equal(404, (await SiteDirectory.GetAsync(server, $"/{i}.js", "Accept-Encoding: br, gzip, zstd")).StatusCode);
        Assert.Equal(0, files.CachedBytes);
        Assert.Equal(0, files.RememberedMissing);
    }

    [Fact]
    public async Task A_sibling_that_is_not_there_is_remembered()
    {
        _site.Write("app.js", "original");
        var files = new PhysicalFiles(_site.Root) { CacheDuration = Long };
        var server = new FileServer(files) { Precompressed = true };
        _ = await SiteDirectory.GetAsync(server, "/app.js", "Accept-Encoding: br, gzip");
        Assert.Equal(2, files.RememberedMissing);
        _site.Write("app.js.br", "compressed");
        Assert.Equal("original", (await SiteDirectory.GetAsync(server, "/app.js", "Accept-Encoding: br, gzip")).Text);
        files.CacheDuration = TimeSpan.FromMilliseconds(1);
        await Deadline.UntilAsync(async () => (await SiteDirectory.GetAsync(server, "/app.js", "Accept-Encoding: br, gzip")).Text == "compressed", "the sibling is seen");
    }

    [Fact]
    public async Task A_root_that_is_replaced_is_seen()
    {
        _site.Write("a.txt", "one");
        var current = _site["../current"];
        File.CreateSymbolicLink(current, _site.Root);
        var files = new FileServer(new PhysicalFiles(current) { CacheDuration = TimeSpan.Zero });
        Assert.Equal("one", (await SiteDirectory.GetAsync(files, "/a.txt")).Text);
        _site.Write("../next/a.txt", "two");
        File.Delete(current);
        Assert.Equal(404, (await SiteDirectory.GetAsync(files, "/a.txt")).StatusCode);
        File.CreateSymbolicLink(current, _site["../next"]);
        Assert.Equal("two", (await SiteDirectory.GetAsync(files, "/a.txt")).Text);
    }
}
