using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Files;

/// <summary>Files that are written to while they are sent, and clients that leave meanwhile.</summary>
public sealed class ChangingFileTests : IDisposable
{
    private const int Length = 1_000_000;
    private readonly SiteDirectory _site = new();
    private readonly byte[] _content = new byte[Length];

    public ChangingFileTests()
    {
        new Random(2).NextBytes(_content);
        _site.Write("large.bin", _content);
    }

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task One_that_shrinks_aborts_the_response()
    {
        var w = await ServeWhileAsync(path =>
        {
            using var file = File.OpenWrite(path);
            file.SetLength(Length / 2);
        });
        Assert.True(w.Aborted);
    }

    [Fact]
    public async Task One_that_is_written_over_aborts_the_response()
    {
        var w = await ServeWhileAsync(path =>
        {
            using var file = File.OpenWrite(path);
            file.Position = Length / 2;
            file.Write(new byte[1000]);
        });
        Assert.True(w.Aborted);
    }

    [Fact]
    public async Task One_that_grows_is_sent_as_it_was()
    {
        var w = await ServeWhileAsync(path => File.AppendAllText(path, "more"));
        Assert.False(w.Aborted);
        Assert.Equal(_content, w.Body);
    }

    [Fact]
    public async Task One_that_is_replaced_is_sent_as_it_was()
    {
        var w = await ServeWhileAsync(path => File.Move(_site.Write("new.bin", new byte[Length]), path, overwrite: true));
        Assert.False(w.Aborted);
        Assert.Equal(_content, w.Body);
    }

    [Fact]
    public async Task One_that_is_removed_is_sent_as_it_was()
    {
        var w = await ServeWhileAsync(File.Delete);
        Assert.Equal(_content, w.Body);
        Assert.Equal(404, (await SiteDirectory.GetAsync(new FileServer(_site.Root), "/large.bin")).StatusCode);
    }

    [Fact]
    public async Task A_client_sees_that_a_shrunk_file_is_not_whole()
    {
        // More than the kernel takes for a client that does not read.
        const int length = 64 << 20;
        var path = _site["huge.bin"];
        using (var file = File.Create(path)) file.SetLength(length);
        await using var server = await TestServer.StartAsync(new FileServer(_site.Root));
        using var client = new TcpClient();
        await client.ConnectAsync(server.Url.Host, server.Url.Port);
        var stream = client.GetStream();
        await stream.WriteAsync("GET /huge.bin HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        var buffer = new byte[64 * 1024];
        long received = await stream.ReadAsync(buffer).AsTask().WaitAsync(Deadline.Default);
        Assert.Contains($"Content-Length: {length}\r\n", Encoding.ASCII.GetString(buffer, 0, (int)received));
        using (var file = File.OpenWrite(path)) file.SetLength(length / 2);
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer).AsTask().WaitAsync(Deadline.Default)) > 0;) received += read;
        }
        catch (IOException)
        {
            // A reset says so too.
        }
        Assert.True(received < length, "The client got as many bytes as it was promised.");
    }

    [Fact]
    public async Task Clients_that_leave_half_way_leave_no_descriptor_open()
    {
        const int length = 64 << 20;
        using (var file = File.Create(_site["huge.bin"])) file.SetLength(length);
        await using var server = await TestServer.StartAsync(new FileServer(_site.Root));
        for (var i = 0; i < 20; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(server.Url.Host, server.Url.Port);
            var stream = client.GetStream();
            await stream.WriteAsync("GET /huge.bin HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            _ = await stream.ReadAsync(new byte[1000]).AsTask().WaitAsync(Deadline.Default);
            if (i % 2 == 0) client.LingerState = new LingerOption(true, 0); // a reset, or a close
        }
        await Deadline.UntilAsync(() => PosixFiles.OpenBelow(_site.Root) == 0, "each file that was sent is closed");
    }

    [Fact]
    public async Task A_request_of_each_kind_leaves_no_descriptor_open()
    {
        _site.Write("small.txt", "small");
        Directory.CreateDirectory(_site["empty"]);
        File.CreateSymbolicLink(_site["out"], "/etc/passwd");
        foreach (var walks in new[] { false, true })
        {
            var files = new FileServer(new PhysicalFiles(_site.Root) { Walks = walks }) { ListDirectories = true, Precompressed = true };
            foreach (var target in new[] { "/small.txt", "/large.bin", "/large.bin/", "/empty", "/empty/", "/", "/nothing", "/out", "/small.txt/x" })
            {
                foreach (var method in new[] { "GET", "HEAD" })
                {
                    _ = await SiteDirectory.AskAsync(files, method, target, "Accept-Encoding: br, gzip");
                    _ = await SiteDirectory.AskAsync(files, method, target, "Range: bytes=0-1,5-6");
                    _ = await SiteDirectory.AskAsync(files, method, target, "If-None-Match: *");
                    Assert.Equal(0, PosixFiles.OpenBelow(_site.Root));
                }
            }
        }
    }

    /// <summary>Serves the large file, and does something to it when the first bytes have been written.</summary>
    private async Task<ResponseRecorder> ServeWhileAsync(Action<string> change)
    {
        var request = new Request("GET", "/large.bin");
        var recorder = new ResponseRecorder(request);
        await new FileServer(_site.Root).ServeHttpAsync(new MeddlingWriter(recorder, () => change(_site["large.bin"])), request);
        await recorder.EndAsync();
        Assert.Equal(0, PosixFiles.OpenBelow(_site.Root));
        return recorder;
    }

    private sealed class MeddlingWriter(ResponseWriter inner, Action change) : DelegatingResponseWriter(inner)
    {
        private bool _done;

        public override Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
        {
            if (!_done) change();
            _done = true;
            return base.WriteAsync(data, cancellationToken);
        }
    }
}
