using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Endless.Http.Load;
using Endless.Http.Testing;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Handlers.Tests.Middlewares;

public sealed class AccessLogTests
{
    private const string Time = @"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\]";

    [Theory]
    [InlineData(AccessLogFormat.Common, "$")]
    [InlineData(AccessLogFormat.Combined, " \"http://a/\" \"curl/8\"$")]
    [InlineData(AccessLogFormat.Extended, " \"http://a/\" \"curl/8\" \\d+ \"-\"$")]
    public async Task A_line_has_the_form_that_tools_read(AccessLogFormat format, string end)
    {
        var line = await LineAsync(format, (w, r) => w.Write("hello"), new RequestBuilder("GET", "/a%20b?c=d").Header("Referer", "http://a/").Header("User-Agent", "curl/8").Build());
        Assert.Matches($"^127\\.0\\.0\\.1 - ada {Time} \"GET /a%20b\\?c=d HTTP/1\\.1\" 200 5{end}", line);
    }

    [Fact]
    public async Task Json_has_everything()
    {
        var output = new StringWriter();
        await using var log = AccessLog.ToWriter(output, new AccessLogOptions { Format = AccessLogFormat.Json, IncludeQuery = false });
        var mux = new ServeMux();
        mux.Handle("GET /orders/{id}", Handler.From((w, r) => w.Write("hello")));
        await ResponseRecorder.RecordAsync(Middleware.Chain(Middleware.RequestId(), Middleware.AccessLog(log))(mux), new RequestBuilder("GET", "/orders/1?token=x").Header("User-Agent", "é\"\\").Build());
        await log.FlushAsync();
        using var line = JsonDocument.Parse(output.ToString());
        var entry = line.RootElement;
        Assert.Equal(("/orders/1", "GET /orders/{id}", 200, 5, "é\"\\"), (entry.GetProperty("target").GetString(), entry.GetProperty("route").GetString(), entry.GetProperty("status").GetInt32(), entry.GetProperty("bytes").GetInt32(), entry.GetProperty("userAgent").GetString()));
        Assert.True(entry.GetProperty("seconds").GetDouble() < 60);
        Assert.Equal(25, entry.GetProperty("requestId").GetString()!.Length);
        Assert.False(entry.TryGetProperty("cut", out _));
    }

    [Theory]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("a\tb", "a\\tb")]
    [InlineData("\u00e9\u009b31m", "\\xe9\\x9b31m")]
    public async Task What_a_client_sent_stays_within_its_quotes(string userAgent, string expected)
    {
        var line = await LineAsync(AccessLogFormat.Combined, (w, r) => { }, new RequestBuilder("GET", "/").Header("User-Agent", userAgent).Build());
        Assert.EndsWith($" \"-\" \"{expected}\"", line);
    }

    [Fact]
    public async Task A_user_cannot_forge_a_line()
    {
        var output = new StringWriter();
        await using var log = AccessLog.ToWriter(output, new AccessLogOptions { Format = AccessLogFormat.Common, User = _ => "eve\n127.0.0.1 - ada \u202e\u001b[2J" });
        await ResponseRecorder.RecordAsync(Middleware.AccessLog(log)(Handler.From((w, r) => { })), new RequestBuilder("GET", "/").Build());
        await log.FlushAsync();
        Assert.StartsWith("127.0.0.1 - eve\\n127.0.0.1\\x20-\\x20ada\\x20\\u202e\\x1b[2J [", Assert.Single(Lines(output)));
    }

    [Theory]
    [InlineData("/ok", 200, 2)]
    [InlineData("/fails", 500, 55)]
    [InlineData("/refuses", 404, -1)]
    [InlineData("/empty", 204, 0)]
    [InlineData("/unchanged", 304, 0)]
    [InlineData("/large", 200, 100_000)]
    public async Task The_status_is_what_the_client_was_answered(string path, int status, int bytes)
    {
        var output = new StringWriter();
        await using var log = AccessLog.ToWriter(output, new AccessLogOptions { Format = AccessLogFormat.Json });
        await using var server = TestServer.InMemory(Middleware.AccessLog(log)(Various()), new CollectingLogger());
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var client = server.CreateClient(version);
            using var response = await client.GetAsync(path);
            Assert.Equal(status, (int)response.StatusCode);
            var entry = await NextAsync(log, output);
            Assert.Equal(status, entry.GetProperty("status").GetInt32());
            Assert.False(entry.TryGetProperty("cut", out _));
            Assert.Equal((await response.Content.ReadAsByteArrayAsync()).Length, entry.GetProperty("bytes").GetInt32());
            if (bytes >= 0) Assert.Equal(bytes, entry.GetProperty("bytes").GetInt32());
            Assert.Equal(version == HttpVersion.Version11 ? "HTTP/1.1" : "HTTP/2.0", entry.GetProperty("protocol").GetString());
        }
    }

    [Fact]
    public async Task Head_has_no_bytes()
    {
        var output = new StringWriter();
        await using var log = AccessLog.ToWriter(output, new AccessLogOptions { Format = AccessLogFormat.Json });
        await using var server = TestServer.InMemory(Middleware.AccessLog(log)(Various()));
        using var response = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/large"));
        Assert.Equal(0, (await NextAsync(log, output)).GetProperty("bytes").GetInt32());
    }

    [Theory]
    [InlineData("/aborts", 499)]
    [InlineData("/breaks", 200)]
    [InlineData("/short", 200)]
    public async Task A_response_that_was_cut_off_says_so(string path, int status)
    {
        var output = new StringWriter();
        await using var log = AccessLog.ToWriter(output, new AccessLogOptions { Format = AccessLogFormat.Json });
        await using var server = TestServer.InMemory(Middleware.AccessLog(log)(Various()), new CollectingLogger());
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var client = server.CreateClient(version);
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync(path));
            var entry = await NextAsync(log, output);
            Assert.Equal((status, true), (entry.GetProperty("status").GetInt32(), entry.GetProperty("cut").GetBoolean()));
        }
    }

    [Fact]
    public async Task A_client_that_leaves_and_a_connection_that_was_taken_over_have_lines()
    {
        var output = new StringWriter();
        await using var log = AccessLog.ToWriter(output, new AccessLogOptions { Format = AccessLogFormat.Json });
        await using var server = await TestServer.StartAsync(Middleware.AccessLog(log)(Various()), new CollectingLogger());
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, server.Url.Port);
            await client.GetStream().WriteAsync("GET /waits HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            await Various().Waiting.WaitAsync(Deadline.Default);
        }
        Assert.Equal(499, (await NextAsync(log, output)).GetProperty("status").GetInt32());
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, server.Url.Port);
            await client.GetStream().WriteAsync("GET /hijacks HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            Assert.Equal(101, (await NextAsync(log, output)).GetProperty("status").GetInt32());
        }
    }

    [Fact]
    public async Task A_file_that_was_renamed_is_opened_anew()
    {
        using var directory = new TempDirectory();
        var path = Path.Combine(directory.Path, "access.log");
        await File.WriteAllTextAsync(path, "before\n");
        await using var log = AccessLog.ToFile(path);
        var handler = Middleware.AccessLog(log)(Handler.From((w, r) => { }));
        await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/1").Build());
        await log.FlushAsync();
        File.Move(path, path + ".1");
        log.Reopen();
        await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/2").Build());
        await log.FlushAsync();
        Assert.Equal(["before", "/1"], (await File.ReadAllLinesAsync(path + ".1")).Select(Target));
        Assert.Equal(["/2"], (await File.ReadAllLinesAsync(path)).Select(Target));
        File.Move(path, path + ".2");
        var after = Deadline.After();
        for (var i = 3; !File.Exists(path); i++)
        {
            Assert.False(after.Passed, "The file was not made anew.");
            await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", $"/{i}").Build());
            await log.FlushAsync();
            await Task.Delay(50);
        }

        static string Target(string line) => line.Split(' ') is { Length: > 6 } parts ? parts[6] : line;
    }

    [Fact]
    public async Task Two_logs_to_one_file_mix_no_lines()
    {
        using var directory = new TempDirectory();
        var path = Path.Combine(directory.Path, "access.log");
        await using (var first = AccessLog.ToFile(path))
        await using (var second = AccessLog.ToFile(path))
        {
            await Task.WhenAll(new[] { first, second }.Select(log => Task.Run(async () =>
            {
                var handler = Middleware.AccessLog(log)(Handler.From((w, r) => { }));
                for (var i = 0; i < 500; i++)
                {
                    await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build());
                    if (i % 10 == 0) await log.FlushAsync();
                }
            })));
        }
        var lines = await File.ReadAllLinesAsync(path);
        Assert.Equal(1000, lines.Length);
        Assert.All(lines, line => Assert.Matches($"^127.0.0.1 - - {Time} \"GET / HTTP/1.1\" 200 - \"-\" \"-\"$", line));
    }

    [Fact]
    public void A_file_that_cannot_be_opened_fails_at_once() => Assert.Throws<IOException>(() => AccessLog.ToFile("/nowhere/at/all.log"));

    [Fact]
    public async Task A_full_queue_drops_and_counts_and_holds_nobody()
    {
        using var stream = new StuckStream();
        var log = AccessLog.ToStream(stream, new AccessLogOptions { QueueSize = 4 });
        var handler = Middleware.AccessLog(log)(Handler.From((w, r) => { }));
        for (var i = 0; i < 100; i++) await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build()).WaitAsync(Deadline.Default);
        Assert.True(log.Dropped > 0);
        stream.Open();
        await log.FlushAsync().WaitAsync(Deadline.Default);
        await log.DisposeAsync().AsTask().WaitAsync(Deadline.Default);
        Assert.Equal(100, log.Dropped + Encoding.UTF8.GetString(stream.Written).Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_full_queue_may_wait_instead()
    {
        using var stream = new StuckStream();
        var log = AccessLog.ToStream(stream, new AccessLogOptions { QueueSize = 4, DropWhenFull = false });
        var handler = Middleware.AccessLog(log)(Handler.From((w, r) => { }));
        var requests = Enumerable.Range(0, 100).Select(_ => ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Build())).ToList();
        stream.Open();
        await Task.WhenAll(requests).WaitAsync(Deadline.Default);
        await log.DisposeAsync().AsTask().WaitAsync(Deadline.Default);
        Assert.Equal((0, 100), (log.Dropped, Encoding.UTF8.GetString(stream.Written).Count(c => c == '\n')));
    }

    [Fact]
    public async Task A_logger_gets_a_line_an_event()
    {
        var logger = new CollectingLogger();
        await using var log = AccessLog.ToLogger(logger);
        for (var i = 0; i < 2; i++) await ResponseRecorder.RecordAsync(Middleware.AccessLog(log)(Handler.From((w, r) => { })), new RequestBuilder("GET", "/{x}").Build());
        await log.FlushAsync();
        Assert.Equal(2, logger.Events.Count(one => one.Text.Contains("\"GET /{x} HTTP/1.1\" 200", StringComparison.Ordinal)));
    }

    private static async Task<string> LineAsync(AccessLogFormat format, HandlerFunc handler, Request r)
    {
        var output = new StringWriter();
        await using var log = AccessLog.ToWriter(output, new AccessLogOptions { Format = format, User = r => "ada" });
        await ResponseRecorder.RecordAsync(Middleware.AccessLog(log)(Handler.From(handler)), r);
        await log.FlushAsync();
        return Assert.Single(Lines(output));
    }

    private static string[] Lines(StringWriter output) => output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The next line: it is written when the response is over, which the client may know first.</summary>
    private static async Task<JsonElement> NextAsync(AccessLog log, StringWriter output)
    {
        var after = Deadline.After();
        while (true)
        {
            await log.FlushAsync();
            if (Lines(output) is [var line, ..]) // a client may try again what was cut off
            {
                output.GetStringBuilder().Clear();
                return JsonDocument.Parse(line).RootElement;
            }
            Assert.False(after.Passed, "There is no line.");
            await Task.Delay(5);
        }
    }

    private static VariousHandler Various() => VariousHandler.Instance;

    private sealed class VariousHandler : IHandler
    {
        public static readonly VariousHandler Instance = new();

        private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Waiting => _waiting.Task;

        public async Task ServeHttpAsync(ResponseWriter w, Request r)
        {
            switch (r.Path)
            {
                case "/ok": w.Write("ok"); break;
                case "/fails": throw new InvalidOperationException("no");
                case "/refuses": throw new HttpErrorException(404, "none");
                case "/empty": w.StatusCode = 204; break;
                case "/unchanged": w.StatusCode = 304; break;
                case "/large": await w.WriteAsync(new byte[100_000]); break;
                case "/aborts": w.Abort(); break;
                case "/breaks":
                    await w.WriteAsync("a");
                    await w.FlushAsync();
                    throw new AbortHandlerException();
                case "/short":
                    w.Header["Content-Length"] = "10";
                    await w.WriteAsync("a");
                    break;
                case "/waits":
                    _waiting.TrySetResult();
                    await Task.Delay(Timeout.Infinite, r.Cancellation);
                    break;
                case "/hijacks":
                    w.Hijack().Dispose();
                    break;
            }
        }
    }

    private sealed class StuckStream : Stream
    {
        private readonly ManualResetEventSlim _open = new();
        private readonly MemoryStream _written = new();

        public byte[] Written => _written.ToArray();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => 0;

        public override long Position { get; set; }

        public void Open() => _open.Set();

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override long Seek(long offset, SeekOrigin origin) => 0;

        public override void SetLength(long value) { }

        public override void Write(byte[] buffer, int offset, int count)
        {
            _open.Wait();
            _written.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);
    }
}
