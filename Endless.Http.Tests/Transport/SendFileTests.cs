using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Endless.Http.Testing;
using Endless.Http.Tests.Http1;
using Endless.Http.Tests.Server;

namespace Endless.Http.Tests.Transport;

/// <summary>ResponseWriter.SendFileAsync: every byte, whatever the protocol, the framing and the size, and the connection goes on.</summary>
public sealed class SendFileTests : IDisposable
{
    private static readonly int[] Sizes = [0, 1, 2047, 2048, 2049, 16383, 16384, 16385, 65535, 65536, 65537, 1048575, 1048576, 1048577, 2_200_000, 3_000_000];

    private readonly SentFile _file = new(3_000_007);

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData("plain", "1.1", true)]
    [InlineData("plain", "1.1", false)]
    [InlineData("plain", "2.0", true)]
    [InlineData("plain", "2.0", false)]
    [InlineData("tls", "1.1", true)]
    [InlineData("tls", "1.1", false)]
    [InlineData("tls", "2.0", true)]
    [InlineData("memory", "1.1", true)]
    [InlineData("memory", "2.0", false)]
    public async Task Every_size_arrives(string over, string version, bool hasLength)
    {
        AsyncHandlerFunc handler = (w, r) => ServeAsync(w, r, hasLength);
        await using var server = over == "memory" ? TestServer.InMemory(handler) : over == "tls" ? await TestServer.StartTlsAsync(handler) : await TestServer.StartAsync(handler);
        using var client = server.CreateClient(Version.Parse(version));
        foreach (var size in Sizes)
        {
            foreach (var offset in new[] { 0, 7 })
            {
                var body = await client.GetByteArrayAsync($"/{offset}/{size}");
                AssertSame(body, _file.Bytes.AsSpan(offset, size));
            }
        }
        Assert.Equal(0, _file.Descriptors);
    }

    [Fact]
    public async Task Pipelined_requests_and_the_ones_after_them_are_answered_on_the_same_connection()
    {
        using var server = await ServerFixture.StartAsync(Handler.From((w, r) => ServeAsync(w, r, hasLength: r.Query["chunked"] is null)));
        var client = await server.ConnectAsync();
        var reader = Reader(client);
        foreach (var size in Sizes)
        {
            await client.SendAsync(Encoding.ASCII.GetBytes($"GET /0/{size} HTTP/1.1\r\nHost: a\r\n\r\nGET /7/{size}?chunked=1 HTTP/1.1\r\nHost: a\r\n\r\nHEAD /7/{size} HTTP/1.1\r\nHost: a\r\n\r\n"));
            AssertSame((await reader.ReadAsync()).Body, _file.Bytes.AsSpan(0, size));
            AssertSame((await reader.ReadAsync()).Body, _file.Bytes.AsSpan(7, size));
            Assert.Equal($"{size}", (await reader.ReadAsync(isHead: true))["Content-Length"]);
        }
        Assert.Equal("", reader.Peek());
    }

    [Fact]
    public async Task An_http_1_0_client_gets_the_file_until_the_close()
    {
        using var server = await ServerFixture.StartAsync(Handler.From((w, r) => ServeAsync(w, r, hasLength: false)));
        foreach (var size in Sizes)
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync(Encoding.ASCII.GetBytes($"GET /7/{size} HTTP/1.0\r\n\r\n"));
            AssertSame((await Reader(client).ReadAsync()).Body, _file.Bytes.AsSpan(7, size));
        }
    }

    [Fact]
    public async Task What_is_written_around_it_and_the_guessed_type_are_as_with_a_write()
    {
        using var page = new SentFile(0);
        await File.WriteAllTextAsync(page.FullName, $"<!DOCTYPE html>{new string('x', 100_000)}");
        using var server = await ServerFixture.StartAsync(Handler.From(async (w, r) =>
        {
            using var handle = page.Open();
            if (r.Path == "/between") await w.WriteAsync("before,");
            await w.SendFileAsync(handle, 0, 50_000);
            if (r.Path == "/between") w.BodyWriter.Write(",between,"u8);
            await w.SendFileAsync(handle, 50_000, 50_015);
            await w.WriteAsync(",behind");
        }));
        var client = await server.ConnectAsync();
        var reader = Reader(client);
        await client.SendAsync("GET /page HTTP/1.1\r\nHost: a\r\n\r\nGET /between HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        var text = await File.ReadAllTextAsync(page.FullName);
        var first = await reader.ReadAsync();
        Assert.Equal(("text/html; charset=utf-8", text + ",behind"), (first["Content-Type"], first.Text));
        var second = await reader.ReadAsync();
        Assert.Equal(("text/plain; charset=utf-8", $"before,{text[..50_000]},between,{text[50_000..]},behind"), (second["Content-Type"], second.Text));
    }

    [Fact]
    public async Task A_wrapper_that_overrides_the_writes_sees_every_byte()
    {
        var bytes = 0L;
        using var server = await ServerFixture.StartAsync(Handler.From(async (w, r) =>
        {
            var counting = new CountingWriter(w);
            await ServeAsync(counting, r, hasLength: true);
            bytes = counting.Bytes;
        }));
        var client = await server.ConnectAsync();
        await client.SendAsync("GET /7/3000000 HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        AssertSame((await Reader(client).ReadAsync()).Body, _file.Bytes.AsSpan(7));
        Assert.Equal(3_000_000, bytes);
    }

    [Fact]
    public async Task A_recorder_has_it_and_what_cannot_be_sent_is_refused_before_anything_is()
    {
        using var handle = _file.Open();
        var w = await ResponseRecorder.RecordAsync((w, _) => w.SendFileAsync(handle, 7, 100_000), new Request("GET", "/"));
        AssertSame(w.Body, _file.Bytes.AsSpan(7, 100_000));
        w = new ResponseRecorder();
        await Assert.ThrowsAsync<ArgumentNullException>(() => w.SendFileAsync(null!, 0, 1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => w.SendFileAsync(handle, -1, 1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => w.SendFileAsync(handle, 0, -1));
        await Assert.ThrowsAsync<EndOfStreamException>(() => w.SendFileAsync(handle, 7, 3_000_001));
        await Assert.ThrowsAsync<EndOfStreamException>(() => w.SendFileAsync(handle, long.MaxValue, 1));
        await Assert.ThrowsAsync<EndOfStreamException>(() => w.SendFileAsync(handle, 1, long.MaxValue));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => w.SendFileAsync(handle, 0, 1, new CancellationToken(canceled: true)));
        handle.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => w.SendFileAsync(handle, 0, 1));
        await w.EndAsync();
        Assert.Empty(w.Body);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task More_than_was_declared_is_refused_and_less_is_no_whole_answer(string version)
    {
        Exception? refused = null;
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            using var handle = _file.Open();
            w.Header["Content-Length"] = "100000";
            if (r.Path == "/long") refused = await Record.ExceptionAsync(() => w.SendFileAsync(handle, 0, 100_001));
            await w.SendFileAsync(handle, 0, r.Path == "/short" ? 99_999 : 100_000);
        });
        using var client = server.CreateClient(Version.Parse(version));
        AssertSame(await client.GetByteArrayAsync("/long"), _file.Bytes.AsSpan(0, 100_000));
        Assert.Contains("declared a Content-Length of 100000 and writes more", Assert.IsType<InvalidOperationException>(refused).Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetByteArrayAsync("/short"));
    }

    [Fact]
    public async Task A_write_beside_it_is_refused()
    {
        var refused = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var server = await ServerFixture.StartAsync(Handler.From(async (w, r) =>
        {
            using var handle = _file.Open();
            var sending = w.SendFileAsync(handle, 0, _file.Bytes.Length);
            refused.SetResult(Record.Exception(() => w.Write("beside")));
            await sending;
        }));
        var client = await server.ConnectAsync();
        client.ReceiveBufferSize = 4096;
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        await server.Log.WaitForAsync("ResponseWriter.Write was called for GET /");
        Assert.IsType<InvalidOperationException>(await refused.Task.WaitAsync(ResponseReader.Deadline));
    }

    private async Task ServeAsync(ResponseWriter w, Request r, bool hasLength)
    {
        var parts = r.Path.Split('/');
        var length = int.Parse(parts[2], CultureInfo.InvariantCulture);
        if (hasLength) w.Header["Content-Length"] = parts[2];
        using var handle = _file.Open();
        await w.SendFileAsync(handle, int.Parse(parts[1], CultureInfo.InvariantCulture), length);
    }

    private static void AssertSame(byte[] actual, ReadOnlySpan<byte> expected) =>
        Assert.True(expected.SequenceEqual(actual), $"{actual.Length} bytes of {expected.Length}, of which {expected.CommonPrefixLength(actual)} agree");

    private static ResponseReader Reader(Socket client) => new(PipeReader.Create(new NetworkStream(client)));

    private sealed class CountingWriter(ResponseWriter inner) : DelegatingResponseWriter(inner)
    {
        public long Bytes { get; private set; }

        public override Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
        {
            Bytes += data.Length;
            return base.WriteAsync(data, cancellationToken);
        }
    }
}
