using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Endless.Http.Tests.Http1;

/// <summary>What the server makes of what a handler writes. The reader of the responses fails on anything but exactly one framing.</summary>
public sealed class ResponseFramingTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static async Task<Response> AnswerAsync(HandlerFunc handler, string request = Get)
    {
        await using var server = new Http1Fixture(handler);
        var response = await server.RoundTripAsync(request);
        server.AssertQuietLog();
        return response;
    }

    [Fact]
    public async Task A_small_body_gets_its_length()
    {
        var response = await AnswerAsync((w, r) => w.Write(new string('a', 2048)));
        Assert.Equal("2048", response["Content-Length"]);
        Assert.Equal(2048, response.Body.Length);
        Assert.Equal("text/plain; charset=utf-8", response["Content-Type"]);
        Assert.True(response.Has("Date"));
        Assert.Equal(200, response.Status);
        Assert.Equal("OK", response.Reason);
    }

    [Fact]
    public async Task No_body_is_a_length_of_zero()
    {
        var response = await AnswerAsync((w, r) => { });
        Assert.Equal("0", response["Content-Length"]);
        Assert.False(response.Has("Content-Type"));
    }

    [Fact]
    public async Task A_larger_body_is_chunked()
    {
        var text = string.Concat(Enumerable.Range(0, 1000).Select(i => i.ToString(CultureInfo.InvariantCulture)));
        var response = await AnswerAsync((w, r) =>
        {
            for (var i = 0; i < 1000; i++) w.Write(i.ToString(CultureInfo.InvariantCulture));
        });
        Assert.Equal("chunked", response["Transfer-Encoding"]);
        Assert.Equal(text, response.Text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3_000)]
    [InlineData(20_000)]
    [InlineData(300_000)]
    public async Task Writes_of_every_size_arrive_in_order(int size)
    {
        byte[] Piece(int n) => [.. Enumerable.Range(0, size).Select(i => (byte)(i + n))];
        await using var server = new Http1Fixture(async (w, r) =>
        {
            for (var i = 0; i < 6; i++)
            {
                if (i % 2 == 0) w.Write(Piece(i));
                else await w.WriteAsync(Piece(i));
                if (i == 3) w.Flush();
            }
        });
        var expected = Enumerable.Range(0, 6).SelectMany(Piece).ToArray();
        for (var i = 0; i < 2; i++)
        {
            // A synchronous write blocks until the client has read: not on the thread that reads.
            var sending = Task.Run(() => server.SendAsync(Get));
            Assert.Equal(expected, (await server.Client.ReadAsync()).Body);
            await sending;
        }
    }

    [Fact]
    public async Task A_flush_sends_what_there_is()
    {
        var goOn = new TaskCompletionSource();
        await using var server = new Http1Fixture(async (w, r) =>
        {
            w.Header["X"] = "1";
            await w.WriteAsync("first");
            await w.FlushAsync();
            w.Header["X"] = "too late";
            await goOn.Task;
            await w.WriteAsync("second");
        });
        await server.SendAsync(Get);
        Assert.EndsWith("\r\n\r\n5\r\nfirst\r\n", server.Client.Peek(), StringComparison.Ordinal);
        goOn.SetResult();
        var response = await server.Client.ReadAsync();
        Assert.Equal("firstsecond", response.Text);
        Assert.Equal("1", response["X"]);
    }

    [Fact]
    public async Task A_declared_length_is_kept()
    {
        var response = await AnswerAsync((w, r) =>
        {
            w.Header["Content-Length"] = "5";
            w.Write("he");
            w.Flush();
            w.Write("llo");
        });
        Assert.Equal("5", response["Content-Length"]);
        Assert.Equal("hello", response.Text);
    }

    [Fact]
    public async Task Writing_more_than_declared_is_the_handlers_error()
    {
        Exception? error = null;
        await using var server = new Http1Fixture((w, r) =>
        {
            w.Header["Content-Length"] = "5";
            w.Write("hello");
            error = Record.Exception(() => w.Write("!"));
        });
        await server.SendAsync(Get + Get);
        Assert.Equal("hello", (await server.Client.ReadAsync()).Text);
        Assert.IsType<InvalidOperationException>(error);
        await server.Client.AssertEndAsync();
    }

    [Fact]
    public async Task Writing_less_than_declared_closes_the_connection()
    {
        await using var server = new Http1Fixture((w, r) =>
        {
            w.Header["Content-Length"] = "5";
            w.Write("he");
        });
        await server.SendAsync(Get + Get);
        var all = Encoding.Latin1.GetString(await server.Client.ReadToEndAsync());
        Assert.Contains("Content-Length: 5\r\n", all, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nhe", all, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("0x1")]
    [InlineData("1, 1")]
    [InlineData("")]
    public async Task An_odd_declared_length_is_left_out(string length)
    {
        await using var server = new Http1Fixture((w, r) =>
        {
            w.Header["Content-Length"] = length;
            w.Write("ab");
        });
        Assert.Equal("2", (await server.RoundTripAsync(Get))["Content-Length"]);
    }

    [Theory]
    [InlineData(204, null)]
    [InlineData(304, null)]
    [InlineData(205, "0")]
    public async Task A_status_without_a_body(int status, string? length)
    {
        Exception? error = null;
        var response = await AnswerAsync((w, r) =>
        {
            w.Header["Content-Type"] = "text/css";
            w.Header["Content-Length"] = "7";
            w.Header["Transfer-Encoding"] = "chunked";
            w.WriteHeader(status);
            error = Record.Exception(() => w.Write("x"));
        });
        Assert.IsType<InvalidOperationException>(error);
        Assert.Equal(status, response.Status);
        Assert.Equal(length, response["Content-Length"]);
        Assert.False(response.Has("Transfer-Encoding"));
        Assert.Equal(status == 304, !response.Has("Content-Type"));
    }

    [Theory]
    [InlineData("", 0, null)]
    [InlineData("", 10, "10")]
    [InlineData("10", 0, "10")]
    [InlineData("10", 10, "10")]
    [InlineData("", 5000, null)]
    public async Task HEAD_is_answered_as_GET_without_the_body(string declared, int written, string? length)
    {
        await using var server = new Http1Fixture((w, r) =>
        {
            if (declared.Length > 0) w.Header["Content-Length"] = declared;
            w.Write(new string('a', written));
        });
        for (var i = 0; i < 2; i++)
        {
            var response = await server.RoundTripAsync("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(length, response["Content-Length"]);
            Assert.False(response.Has("Transfer-Encoding"));
            Assert.Equal(written > 0, response.Has("Content-Type"));
        }
        server.AssertQuietLog();
    }

    [Fact]
    public async Task HTTP_1_0_gets_a_body_that_ends_with_the_connection_if_its_length_is_not_known()
    {
        await using var server = new Http1Fixture((w, r) =>
        {
            w.Write("first");
            w.Flush();
            w.Write("second");
        });
        var response = await server.RoundTripAsync("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        Assert.False(response.Has("Transfer-Encoding"));
        Assert.Equal("close", response["Connection"]);
        Assert.Equal("firstsecond", response.Text);
    }

    [Theory]
    [InlineData("chunked")]
    [InlineData("gzip")]
    public async Task The_server_frames_whatever_the_handler_says_of_Transfer_Encoding(string coding)
    {
        var response = await AnswerAsync((w, r) =>
        {
            w.Header["Transfer-Encoding"] = coding;
            w.Write("hello");
        });
        Assert.Equal("chunked", response["Transfer-Encoding"]);
        Assert.Equal("hello", response.Text);
        Assert.False(response.Has("Content-Type"));
    }

    [Fact]
    public async Task Trailers_follow_the_body()
    {
        var response = await AnswerAsync((w, r) =>
        {
            w.Header["Trailer"] = "X-Announced, X-Early";
            w.Header["X-Early"] = "1";
            w.Write("body");
            w.Header["X-Announced"] = "2";
            w.Header["Trailer:X-Prefixed"] = "3";
            w.Trailers["X-Plain"] = "4";
        });
        Assert.Equal("chunked", response["Transfer-Encoding"]);
        Assert.Equal("X-Announced, X-Early", response["Trailer"]);
        Assert.False(response.Has("X-Early"));
        Assert.Equal("body", response.Text);
        Assert.Equal("X-Announced=2 X-Early=1 X-Plain=4 X-Prefixed=3", string.Join(' ', response.Trailers.Select(t => t.Key + "=" + t.Value).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("Content-Length")]
    [InlineData("transfer-encoding")]
    [InlineData("Host")]
    [InlineData("If-Match")]
    public async Task A_forbidden_trailer_is_left_out(string name)
    {
        await using var server = new Http1Fixture((w, r) =>
        {
            w.Write("body");
            w.Trailers[name] = "1";
        });
        Assert.Empty((await server.RoundTripAsync(Get)).Trailers);
        Assert.Contains(server.Logger.Entries, e => e.Level == LogLevel.Warning);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(1000)]
    [InlineData(-1)]
    public async Task A_status_that_has_not_three_digits_is_the_handlers_error(int status)
    {
        Exception? error = null;
        await AnswerAsync((w, r) => error = Record.Exception(() => w.WriteHeader(status)));
        Assert.IsType<ArgumentOutOfRangeException>(error);
    }

    [Fact]
    public async Task A_status_without_a_phrase_keeps_its_space()
    {
        var response = await AnswerAsync((w, r) => w.WriteHeader(999));
        Assert.Equal(999, response.Status);
        Assert.Equal("", response.Reason);
    }

    [Fact]
    public async Task BodyWriter_and_Write_share_one_order()
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            w.Write("1");
            "2"u8.CopyTo(w.BodyWriter.GetSpan(10));
            w.BodyWriter.Advance(1);
            w.Write("3");
            await w.BodyWriter.WriteAsync("4"u8.ToArray());
            "5"u8.CopyTo(w.BodyWriter.GetSpan());
            w.BodyWriter.Advance(1);
            await w.BodyWriter.FlushAsync();
            "6"u8.CopyTo(w.BodyWriter.GetSpan());
            w.BodyWriter.Advance(1);
        });
        Assert.Equal("123456", (await server.RoundTripAsync(Get)).Text);
        Assert.Equal("123456", (await server.RoundTripAsync(Get)).Text);
    }

    [Fact]
    public async Task A_write_that_is_canceled_leaves_the_framing_whole()
    {
        using var canceled = new SemaphoreSlim(0);
        await using var server = new Http1Fixture(Handler.From(async (w, r) =>
        {
            await w.WriteAsync(new byte[20_000]);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => w.WriteAsync(new byte[20_000], new CancellationToken(true)));
            using var soon = new CancellationTokenSource();
            var write = w.WriteAsync(new byte[200_000], soon.Token);
            soon.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
            canceled.Release();
            w.Write("end");
        }), pauseWriterThreshold: 50_000);
        for (var i = 0; i < 2; i++)
        {
            await server.SendAsync(Get);
            Assert.True(await canceled.WaitAsync(ResponseReader.Deadline));
            var response = await server.Client.ReadAsync();
            Assert.Equal(220_003, response.Body.Length);
            Assert.Equal("end"u8.ToArray(), response.Body[^3..]);
        }
    }

    [Fact]
    public async Task Text_is_UTF_8()
    {
        var text = "h\u00e9llo " + new string('\u20ac', 1000);
        Assert.Equal(text, (await AnswerAsync((w, r) => w.Write(text))).Text);
    }

    [Fact]
    public async Task CONNECT_that_is_accepted_has_no_framing()
    {
        await using var server = new Http1Fixture((w, r) => w.WriteHeader(200));
        await server.SendAsync("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n");
        var response = await server.Client.ReadAsync(isConnect: true);
        Assert.False(response.Has("Content-Length"));
        Assert.False(response.Has("Transfer-Encoding"));
        await server.Client.AssertEndAsync();
    }

    [Fact]
    public async Task What_was_advanced_is_kept_by_a_flush_that_was_canceled_before_it_began()
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            foreach (var part in (string[])["one ", "two"])
            {
                System.Text.Encoding.ASCII.GetBytes(part, w.BodyWriter.GetSpan(10));
                w.BodyWriter.Advance(part.Length);
                await Assert.ThrowsAsync<TaskCanceledException>(() => w.BodyWriter.FlushAsync(new CancellationToken(canceled: true)).AsTask());
            }
        });
        Assert.Equal("one two", (await server.RoundTripAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
    }
}
