using System.Text;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Files;

/// <summary>Ranges, preconditions and names of one content.</summary>
public sealed class ServeContentTests
{
    private static readonly DateTimeOffset Modified = new(2020, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private const string ModifiedField = "Thu, 02 Jan 2020 03:04:05 GMT";

    [Theory]
    [InlineData("bytes=0-2", 206, "012", "bytes 0-2/10")]
    [InlineData("bytes=7-", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-2", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=-99", 206, "0123456789", "bytes 0-9/10")]
    [InlineData("bytes=8-99999999999999999999999", 206, "89", "bytes 8-9/10")]
    [InlineData("BYTES=0-0", 206, "0", "bytes 0-0/10")]
    [InlineData("bytes=0-0, 99-", 206, "0", "bytes 0-0/10")]
    [InlineData("bytes=10-", 416, null, "bytes */10")]
    [InlineData("bytes=-0", 416, null, "bytes */10")]
    [InlineData("bytes=99999999999999999999999-", 416, null, "bytes */10")]
    [InlineData("bytes=2-1", 416, null, "bytes */10")]
    [InlineData("bytes=a-b", 416, null, "bytes */10")]
    [InlineData("bytes=+1-2", 416, null, "bytes */10")]
    [InlineData("bytes=--1", 416, null, "bytes */10")]
    [InlineData("bytes=", 200, "0123456789", null)]
    [InlineData("bytes=,,", 200, "0123456789", null)]
    [InlineData("lines=0-1", 200, "0123456789", null)]
    [InlineData("bytes", 200, "0123456789", null)]
    [InlineData("bytes=0-9,0-0", 200, "0123456789", null)]     // more than there is
    [InlineData("bytes=0-2,1-3,2-2", 200, "0123456789", null)] // three that overlap
    public async Task A_range_is_sent_refused_or_ignored(string range, int status, string? body, string? contentRange)
    {
        var w = await ServeAsync("GET", "0123456789", "Range: " + range);
        Assert.Equal((status, contentRange), (w.StatusCode, w.SentHeader["Content-Range"]));
        if (body is not null) Assert.Equal((body, "bytes"), (w.Text, w.SentHeader["Accept-Ranges"]));
    }

    [Fact]
    public async Task Several_ranges_are_a_multipart_body_of_the_length_that_is_said()
    {
        var w = await ServeAsync("GET", "0123456789", "Range: bytes=0-1,-2");
        var boundary = w.SentHeader["Content-Type"]!["multipart/byteranges; boundary=".Length..];
        Assert.Equal(206, w.StatusCode);
        Assert.Equal(w.Body.Length.ToString(), w.SentHeader["Content-Length"]);
        Assert.Null(w.SentHeader["Content-Range"]);
        Assert.Equal($"--{boundary}\r\nContent-Range: bytes 0-1/10\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n01\r\n--{boundary}\r\nContent-Range: bytes 8-9/10\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n89\r\n--{boundary}--\r\n", w.Text);
    }

    [Fact]
    public async Task A_flood_of_ranges_is_answered_with_the_whole()
    {
        var content = new string('x', 1_000_000);
        var flood = string.Join(',', Enumerable.Range(0, 65).Select(i => $"{i * 2}-{i * 2}"));
        Assert.Equal(200, (await ServeAsync("GET", content, "Range: bytes=" + flood)).StatusCode);
        Assert.Equal(206, (await ServeAsync("GET", content, "Range: bytes=" + flood[..flood.LastIndexOf(',')])).StatusCode);
        var overlapping = string.Join(',', Enumerable.Range(0, 60).Select(i => $"{i}-{i + 1000}"));
        Assert.Equal(200, (await ServeAsync("GET", content, "Range: bytes=" + overlapping)).StatusCode);
        Assert.Equal(416, (await ServeAsync("GET", content, "Range: bytes=" + string.Join(',', Enumerable.Repeat("9999999-", 64)))).StatusCode);
    }

    [Fact]
    public async Task An_empty_content_has_no_ranges()
    {
        foreach (var range in new[] { "bytes=0-", "bytes=-5", "bytes=0-0,1-1" })
        {
            var w = await ServeAsync("GET", "", "Range: " + range);
            Assert.Equal((200, "", "0"), (w.StatusCode, w.Text, w.SentHeader["Content-Length"]));
        }
    }

    [Theory]
    [InlineData(200, "If-Match: \"v1\"")]
    [InlineData(200, "If-Match: *")]
    [InlineData(412, "If-Match: \"v2\"")]
    [InlineData(412, "If-Match: W/\"v1\"")]
    [InlineData(200, "If-Match: \"v1\"", "If-Unmodified-Since: Sat, 02 Jan 2010 03:04:05 GMT")] // If-Match counts
    [InlineData(412, "If-Unmodified-Since: Sat, 02 Jan 2010 03:04:05 GMT")]
    [InlineData(200, "If-Unmodified-Since: " + ModifiedField)]
    [InlineData(200, "If-Unmodified-Since: yesterday")]
    [InlineData(304, "If-None-Match: W/\"v1\"")]
    [InlineData(304, "If-None-Match: \"a\"", "If-None-Match: \"b\", \"v1\"")] // on two lines
    [InlineData(304, "If-None-Match: *")]
    [InlineData(200, "If-None-Match: \"v2\"", "If-Modified-Since: " + ModifiedField)] // If-None-Match counts
    [InlineData(304, "If-Modified-Since: " + ModifiedField)]
    [InlineData(304, "If-Modified-Since: Thu, 02 Jan 2020 03:04:06 GMT")]
    [InlineData(200, "If-Modified-Since: Thu, 02 Jan 2020 03:04:04 GMT")]
    [InlineData(200, "If-Modified-Since: 0")]
    [InlineData(412, "If-Match: \"v2\"", "If-None-Match: \"v1\"")] // the first that is not met decides
    [InlineData(206, "Range: bytes=0-1", "If-Range: \"v1\"")]
    [InlineData(200, "Range: bytes=0-1", "If-Range: \"v2\"")]
    [InlineData(200, "Range: bytes=0-1", "If-Range: W/\"v1\"")]
    [InlineData(206, "Range: bytes=0-1", "If-Range: " + ModifiedField)]
    [InlineData(200, "Range: bytes=0-1", "If-Range: Thu, 02 Jan 2020 03:04:06 GMT")]
    [InlineData(200, "Range: bytes=99-", "If-Range: \"v2\"")]
    [InlineData(304, "Range: bytes=0-1", "If-None-Match: \"v1\"")]
    public async Task Preconditions_are_evaluated_in_the_rfcs_order(int status, params string[] fields) =>
        Assert.Equal(status, (await ServeAsync("GET", "0123456789", fields)).StatusCode);

    [Theory]
    [InlineData(412, "If-None-Match: \"v1\"")]
    [InlineData(200, "If-Modified-Since: " + ModifiedField)]
    [InlineData(200, "Range: bytes=0-1")]
    public async Task For_another_method_dates_and_ranges_say_nothing(int status, params string[] fields) =>
        Assert.Equal(status, (await ServeAsync("POST", "0123456789", fields)).StatusCode);

    [Theory]
    [InlineData("report.pdf", "attachment; filename=\"report.pdf\"")]
    [InlineData("Bericht für Ä.pdf", "attachment; filename=\"Bericht f_r _.pdf\"; filename*=UTF-8''Bericht%20f%C3%BCr%20%C3%84.pdf")]
    [InlineData("a\r\nSet-Cookie: x=1.txt", "attachment; filename=\"a__Set-Cookie: x=1.txt\"")]
    [InlineData("a\"; filename=\"b.exe", "attachment; filename=\"a_; filename=_b.exe\"; filename*=UTF-8''a%22%3B%20filename%3D%22b.exe")]
    [InlineData("../../etc/passwd", "attachment; filename=\"passwd\"")]
    [InlineData("C:\\x\\a.txt", "attachment; filename=\"a.txt\"")]
    [InlineData("100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt")]
    [InlineData("cod\u202etxt.exe", "attachment; filename=\"cod_txt.exe\"")]
    [InlineData("..", "attachment")]
    [InlineData("a/", "attachment")]
    public async Task A_download_has_a_safe_name(string name, string field)
    {
        var w = await ResponseRecorder.RecordAsync((w, r) =>
        {
            w.Attachment(name);
            return w.ServeContentAsync(r, name, null, Encoding.UTF8.GetBytes("x"));
        }, new Request("GET", "/"));
        Assert.Equal(field, w.SentHeader["Content-Disposition"]);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_no_name()
    {
        var w = await ResponseRecorder.RecordAsync((w, r) => w.Attachment("\ud800.txt"), new Request("GET", "/"));
        Assert.Equal("attachment; filename=\"_.txt\"; filename*=UTF-8''%EF%BF%BD.txt", w.SentHeader["Content-Disposition"]);
    }

    [Fact]
    public async Task A_time_in_the_future_is_not_told()
    {
        var w = await ResponseRecorder.RecordAsync((w, r) => w.ServeContentAsync(r, "a", DateTimeOffset.UtcNow.AddDays(1), new byte[1]), new Request("GET", "/"));
        Assert.True(DateTimeOffset.Parse(w.SentHeader["Last-Modified"]!, System.Globalization.CultureInfo.InvariantCulture) <= DateTimeOffset.UtcNow);
        w = await ResponseRecorder.RecordAsync((w, r) => w.ServeContentAsync(r, "a", DateTimeOffset.UnixEpoch, new byte[1]), new Request("GET", "/"));
        Assert.Null(w.SentHeader["Last-Modified"]);
    }

    [Fact]
    public async Task A_stream_that_cannot_seek_is_refused()
    {
        using var stream = new System.IO.Compression.GZipStream(new MemoryStream(), System.IO.Compression.CompressionMode.Decompress);
        await Assert.ThrowsAsync<ArgumentException>(() => ResponseRecorder.RecordAsync((w, r) => w.ServeContentAsync(r, "a", null, stream), new Request("GET", "/")));
    }

    [Fact]
    public async Task A_stream_shorter_than_it_said_aborts_the_response()
    {
        using var stream = new Shrinking(200_000);
        var w = await ResponseRecorder.RecordAsync((w, r) => w.ServeContentAsync(r, "a.bin", null, stream), new Request("GET", "/"));
        Assert.True(w.Aborted);
    }

    private static Task<ResponseRecorder> ServeAsync(string method, string content, params string[] fields)
    {
        var handler = Handler.From(async (w, r) =>
        {
            w.Header["ETag"] = "\"v1\"";
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(content));
            await w.ServeContentAsync(r, "a.txt", Modified, stream);
        });
        return SiteDirectory.AskAsync(handler, method, "/", fields);
    }

    private sealed class Shrinking(int length) : MemoryStream(new byte[length])
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Position >= 100_000 ? new(0) : base.ReadAsync(buffer, cancellationToken);
    }
}
