using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Files;

/// <summary>Every way out of the directory that is known, by openat2(2) and by the walk of systems without it.</summary>
public sealed class TraversalTests : IDisposable
{
    private const string Secret = "the secret";
    private readonly SiteDirectory _site = new();

    public TraversalTests()
    {
        _site.Write("../secret.txt", Secret);
        _site.Write("a.txt", "a");
        _site.Write("sub/b.txt", "b");
        Link("out.txt", _site["../secret.txt"]);
        Link("up.txt", "../secret.txt");
        Link("updir", "..");
        Link("absolute", "/");
        Link("sub/deep", "../../secret.txt");
        Link("loop", "loop");
        Link("environ", "/proc/self/environ");
        Link("magic", "/proc/self/cwd");
        Link("root", "/proc/self/root");
    }

    public void Dispose() => _site.Dispose();

    public static TheoryData<string> WaysOut =>
    [
        "/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/%2e%2e%2fsecret.txt", "/.%2e/secret.txt", "/%252e%252e/secret.txt", "/..%252fsecret.txt", "/%25252e%25252e/secret.txt",
        "/..\\secret.txt", "/..%5csecret.txt", "/..%5c..%5csecret.txt", "/%c0%ae%c0%ae/secret.txt", "/..%c0%afsecret.txt", "/%e0%80%ae%e0%80%ae/secret.txt", "/..%c1%9csecret.txt", "/%ff/../secret.txt",
        "/sub/../../secret.txt", "/sub/..%2f..%2fsecret.txt", "/sub/../sub/../../secret.txt", "/a.txt/../../secret.txt", "/nothing/../../secret.txt", "/./../secret.txt", "/..;/secret.txt", "/.../secret.txt",
        "//../secret.txt", "/..//secret.txt", "/%2f../secret.txt", "/%ef%bc%8e%ef%bc%8e/secret.txt", "/..%ef%bc%8fsecret.txt", "/..%01/secret.txt", "/..%0a/secret.txt", "/..%7f/secret.txt", "/..%20/secret.txt",
        "//etc/passwd", "/%2fetc/passwd", "/absolute/etc/passwd", "/etc/passwd", "/file:///etc/passwd",
        "/out.txt", "/up.txt", "/updir/secret.txt", "/updir/", "/sub/deep", "/loop", "/loop/x", "/environ", "/magic/secret.txt", "/root/etc/passwd",
    ];

    [Theory]
    [MemberData(nameof(WaysOut))]
    public async Task No_spelling_and_no_link_leads_out(string target)
    {
        foreach (var walks in new[] { false, true })
        {
            var files = new FileServer(new PhysicalFiles(_site.Root) { Walks = walks }) { ServeDotFiles = true, ListDirectories = true };
            var w = await SiteDirectory.GetAsync(files, target);
            Assert.Equal((404, "404 page not found\n"), (w.StatusCode, w.Text));
        }
    }

    [Theory]
    [InlineData("/../secret.txt")]
    [InlineData("../secret.txt")]
    [InlineData("secret.txt")]
    [InlineData("")]
    [InlineData("/a\0.txt")]
    [InlineData("/sub/../a.txt")]
    [InlineData("//a.txt")]
    [InlineData("/sub/")]
    [InlineData("/out.txt")]
    public async Task A_source_that_is_asked_directly_leads_nowhere_either(string path)
    {
        foreach (var walks in new[] { false, true })
        {
            var files = new PhysicalFiles(_site.Root) { Walks = walks };
            Assert.Equal(FileLookupStatus.NotFound, (await files.OpenAsync(path)).Status);
            Assert.Null(files.List(path));
            var w = await ResponseRecorder.RecordAsync((w, r) => w.ServeFileAsync(r, files, path), new Request("GET", "/"));
            Assert.Equal(404, w.StatusCode);
        }
    }

    [Fact]
    public async Task Links_that_stay_within_are_followed()
    {
        Link("within.txt", "sub/b.txt");
        Link("sub/back.txt", "../a.txt");
        Link("subdir", "sub");
        var files = new FileServer(_site.Root);
        Assert.Equal("b", (await SiteDirectory.GetAsync(files, "/within.txt")).Text);
        Assert.Equal("a", (await SiteDirectory.GetAsync(files, "/sub/back.txt")).Text);
        Assert.Equal("b", (await SiteDirectory.GetAsync(files, "/subdir/b.txt")).Text);
        Assert.Equal(404, (await SiteDirectory.GetAsync(new FileServer(new PhysicalFiles(_site.Root) { Walks = true }), "/within.txt")).StatusCode);
    }

    [Fact]
    public async Task Links_lead_out_where_that_is_wanted()
    {
        foreach (var walks in new[] { false, true })
        {
            var files = new FileServer(new PhysicalFiles(_site.Root) { FollowLinksOutside = true, Walks = walks });
            Assert.Equal(Secret, (await SiteDirectory.GetAsync(files, "/out.txt")).Text);
            Assert.Equal(Secret, (await SiteDirectory.GetAsync(files, "/updir/secret.txt")).Text);
            Assert.Equal(404, (await SiteDirectory.GetAsync(files, "/../secret.txt")).StatusCode);
            Assert.Equal(404, (await SiteDirectory.GetAsync(files, "/loop")).StatusCode);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_directory_that_is_swapped_for_a_link_meanwhile_leads_nowhere(bool walks)
    {
        Directory.CreateDirectory(_site["swapped/below"]);
        _site.Write("swapped/below/a.txt", "a");
        _site.Write("../outside/below/secret.txt", Secret);
        _site.Write("../outside/below/a.txt", Secret);
        Link("link", _site["../outside"]);
        using var stopping = new CancellationTokenSource();
        var swapping = Task.Run(() =>
        {
            while (!stopping.IsCancellationRequested)
            {
                Directory.Move(_site["swapped"], _site["held"]);
                Directory.Move(_site["link"], _site["swapped"]);
                Directory.Move(_site["swapped"], _site["link"]);
                Directory.Move(_site["held"], _site["swapped"]);
            }
        });
        var files = new PhysicalFiles(_site.Root) { Walks = walks, CacheDuration = TimeSpan.Zero };
        var found = 0;
        try
        {
            for (var i = 0; i < 20_000; i++)
            {
                Assert.NotEqual(FileLookupStatus.Found, (await files.OpenAsync("/swapped/below/secret.txt")).Status);
                var lookup = await files.OpenAsync("/swapped/below/a.txt");
                if (lookup.File is not { } file) continue;
                found++;
                Assert.Equal(1, file.Length);
                file.Dispose();
            }
        }
        finally
        {
            await stopping.CancelAsync();
            await swapping.WaitAsync(Deadline.Default);
        }
        Assert.True(found > 0, "The directory was never there.");
    }

    [Fact]
    public async Task Only_regular_files_are_served_and_nothing_is_waited_for()
    {
        PosixFiles.MakeFifo(_site["fifo"]);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_site["socket"]));
        foreach (var walks in new[] { false, true })
        {
            var files = new FileServer(new PhysicalFiles(_site.Root) { Walks = walks });
            foreach (var target in new[] { "/fifo", "/socket", "/sub", "/a.txt/x" })
                Assert.Equal(404, (await SiteDirectory.GetAsync(files, target).WaitAsync(Deadline.Default)).StatusCode);
            Assert.Equal(404, (await SiteDirectory.GetAsync(new FileServer("/dev"), "/null")).StatusCode);
        }
        foreach (var path in new[] { _site["fifo"], _site["socket"], _site["sub"], "/dev/zero" })
            Assert.Equal(404, (await ResponseRecorder.RecordAsync((w, r) => w.ServeFileAsync(r, path), new Request("GET", "/")).WaitAsync(Deadline.Default)).StatusCode);
    }

    [Fact]
    public async Task A_name_that_no_file_can_have_is_not_found()
    {
        var files = new FileServer(_site.Root) { ListDirectories = true };
        PosixFiles.CreateRaw(_site.Root, "bad\u00ff"u8[..4]);
        foreach (var target in new[] { "/" + new string('a', 300), "/" + string.Join('/', Enumerable.Repeat("abc", 1500)), "/" + string.Concat(Enumerable.Repeat("%c3%a4", 300)), "/bad%c3", "/bad%ff", "/%zz" })
        {
            var status = 400;
            try
            {
                status = (await SiteDirectory.GetAsync(files, target)).StatusCode;
            }
            catch (ArgumentException)
            {
                // Such a target comes to no handler: the server answers 400.
                Assert.Contains("%zz", target);
                continue;
            }
            Assert.Equal(404, status);
        }
        Assert.DoesNotContain("bad", (await SiteDirectory.GetAsync(files, "/")).Text);
        PosixFiles.DeleteRaw(_site.Root, "bad\u00ff"u8[..4]);
    }

    [Fact]
    public async Task A_request_with_dots_gets_no_file_of_the_programs_choice()
    {
        var handler = Handler.From((w, r) => w.ServeFileAsync(r, _site["a.txt"]));
        Assert.Equal("a", (await SiteDirectory.GetAsync(handler, "/x")).Text);
        Assert.Equal("a", (await SiteDirectory.GetAsync(handler, "/x..y")).Text);
        Assert.Equal(400, (await SiteDirectory.GetAsync(handler, "/x/../y")).StatusCode);
        Assert.Equal(400, (await SiteDirectory.GetAsync(handler, "/x/%2e%2e%5cy")).StatusCode);
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_403()
    {
        File.SetUnixFileMode(Path.GetDirectoryName(_site.Root)!, (UnixFileMode)0x1ED); // 0755: others may look in
        File.SetUnixFileMode(_site["a.txt"], UnixFileMode.None);
        foreach (var walks in new[] { false, true })
        {
            var files = new PhysicalFiles(_site.Root) { Walks = walks };
            Assert.Equal(FileLookupStatus.Forbidden, PosixFiles.AsNobody(() => files.OpenAsync("/a.txt").Result.Status));
            Assert.Equal(FileLookupStatus.Found, PosixFiles.AsNobody(() => files.OpenAsync("/sub/b.txt").Result.Status));
            Assert.Equal(403, PosixFiles.AsNobody(() => SiteDirectory.GetAsync(new FileServer(files), "/a.txt").Result.StatusCode));
            Assert.Equal(403, PosixFiles.AsNobody(() => ResponseRecorder.RecordAsync((w, r) => w.ServeFileAsync(r, _site["a.txt"]), new Request("GET", "/")).Result.StatusCode));
        }
    }

    [Theory]
    [InlineData("/../secret.txt")]
    [InlineData("/%2e%2e/secret.txt")]
    [InlineData("/..%2fsecret.txt")]
    [InlineData("/static/../../secret.txt")]
    [InlineData("/static/%2e%2e/%2e%2e/secret.txt")]
    [InlineData("/a.txt%00.png")]
    public async Task A_raw_request_to_a_server_gets_nothing_either(string target)
    {
        var mux = new ServeMux();
        mux.Handle("/", new FileServer(_site.Root));
        await using var server = await TestServer.StartAsync(mux);
        using var client = new TcpClient();
        await client.ConnectAsync(server.Url.Host, server.Url.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync().WaitAsync(Deadline.Default);
        Assert.DoesNotContain(Secret, answer);
        Assert.Matches("^HTTP/1.1 (307|400|404) ", answer);
    }

    private void Link(string path, string target) => File.CreateSymbolicLink(_site[path], target);
}
