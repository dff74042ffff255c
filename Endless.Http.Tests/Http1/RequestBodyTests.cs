using System.Buffers;
using System.Text;
using Endless.Http.Semantics;

namespace Endless.Http.Tests.Http1;

public sealed class RequestBodyTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static string Post(string body) => $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static string Chunked(string chunks) => "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;

    private static readonly AsyncHandlerFunc Echo = async (w, r) => await w.WriteAsync(await r.ReadBodyAsync());

    public static TheoryData<string, string> Bodies => new()
    {
        { Post("hello"), "hello" },
        { Chunked("5\r\nhello\r\n0\r\n\r\n"), "hello" },
        { Chunked("1\r\nh\r\n4\r\nello\r\n0\r\n\r\n"), "hello" },
        { Chunked("0000000005\r\nhello\r\n00\r\n\r\n"), "hello" },
        { Chunked("A\r\n0123456789\r\n0\r\n\r\n"), "0123456789" },
        { Chunked("a;x\r\n0123456789\r\n0;y=z\r\n\r\n"), "0123456789" },
        { Chunked("1 ; x = \"\\\"\t;\u00e9\" ;y\r\na\r\n0\r\n\r\n"), "a" },
        { Chunked("0\r\n\r\n"), "" },
        { Chunked("3\r\na\r\n\r\n0\r\nX: y\r\n\r\n"), "a\r\n" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_is_read_whatever_its_framing(string request, string body)
    {
        foreach (var handler in new AsyncHandlerFunc[]
        {
            Echo,
            async (w, r) => await r.BodyStream.CopyToAsync(w.BodyWriter.AsStream()),
            async (w, r) => await r.Body.CopyToAsync(w.BodyWriter),
            async (w, r) =>
            {
                // All of the body before any of it is consumed.
                var result = await r.Body.ReadAsync();
                while (!result.IsCompleted)
                {
                    r.Body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                    result = await r.Body.ReadAsync();
                }
                r.Body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                result = await r.Body.ReadAsync();
                Assert.True(result.IsCompleted);
                w.Write(result.Buffer.ToArray());
                r.Body.AdvanceTo(result.Buffer.End);
            },
            async (w, r) =>
            {
                // A byte at a time.
                while (true)
                {
                    var result = await r.Body.ReadAsync();
                    if (result.Buffer.IsEmpty && result.IsCompleted) return;
                    w.Write(result.Buffer.FirstSpan[..Math.Min(1, result.Buffer.FirstSpan.Length)]);
                    r.Body.AdvanceTo(result.Buffer.GetPosition(Math.Min(1, result.Buffer.Length)));
                }
            },
        })
        {
            await using var server = new Http1Fixture(handler);
            Assert.Equal(body, Encoding.Latin1.GetString((await server.RoundTripAsync(request)).Body));
            foreach (var b in Encoding.Latin1.GetBytes(request)) await server.SendAsync(new[] { b });
            Assert.Equal(body, Encoding.Latin1.GetString((await server.Client.ReadAsync()).Body));
            Assert.Equal(200, (await server.RoundTripAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
            server.AssertQuietLog();
        }
    }

    [Fact]
    public async Task A_synchronous_handler_may_read_the_stream()
    {
        var begun = new SemaphoreSlim(0);
        await using var server = new Http1Fixture((w, r) =>
        {
            begun.Release();
            w.Write(new StreamReader(r.BodyStream).ReadToEnd());
        });
        Assert.Equal("hello", (await server.RoundTripAsync(Post("hello"))).Text);
        await begun.WaitAsync(ResponseReader.Deadline);
        var sending = Task.Run(() => server.SendAsync(Post("hello")[..^2]));
        Assert.True(await begun.WaitAsync(ResponseReader.Deadline));
        await server.SendAsync("lo");
        Assert.Equal("hello", (await server.Client.ReadAsync()).Text);
        await sending;
    }

    [Fact]
    public async Task Trailers_are_there_when_the_body_is_read()
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            var before = r.Trailers.Count;
            await r.ReadBodyAsync();
            w.Write($"{before} {r.Trailers.Count} {r.Trailers["x-sum"]} {r.Header["x-sum"] ?? "none"}");
        });
        Assert.Equal("0 2 abc none", (await server.RoundTripAsync(Chunked("1\r\na\r\n0\r\nX-Sum: abc\r\nY:\r\n\r\n"))).Text);
        Assert.Equal("0 0  none", (await server.RoundTripAsync(Get)).Text);
        Assert.Equal("0 0  none", (await server.RoundTripAsync(Post("a"))).Text);
    }

    public static TheoryData<int, string> BrokenChunks => new()
    {
        { 400, "\r\n" },
        { 400, "x\r\n" },
        { 400, "0x5\r\nhello\r\n0\r\n\r\n" },
        { 400, "+5\r\nhello\r\n0\r\n\r\n" },
        { 400, "-5\r\nhello\r\n0\r\n\r\n" },
        { 400, "1_0\r\nhello\r\n0\r\n\r\n" },
        { 400, " 5\r\nhello\r\n0\r\n\r\n" },
        { 400, "5 \r\nhello\r\n0\r\n\r\n" },
        { 400, "5\nhello\r\n0\r\n\r\n" },
        { 400, "5\rhello\r\n0\r\n\r\n" },
        { 400, "5\r\nhello\n0\r\n\r\n" },
        { 400, "5\r\nhello0\r\n\r\n" },
        { 400, "5\r\nhelloworld\r\n0\r\n\r\n" },
        { 400, "5\r\nhell\r\n0\r\n\r\n" },
        { 400, "8000000000000000\r\n" },
        { 400, "10000000000000000\r\n" },
        { 400, "ffffffffffffffffffff\r\n" },
        { 400, "5;\r\nhello\r\n0\r\n\r\n" },
        { 400, "5;a=\r\nhello\r\n0\r\n\r\n" },
        { 400, "5;=b\r\nhello\r\n0\r\n\r\n" },
        { 400, "5;a b\r\nhello\r\n0\r\n\r\n" },
        { 400, "5;a\nhello\r\n0\r\n\r\n" },
        { 400, "5;a=b\nhello\r\n0\r\n\r\n" },
        { 400, "5;a=\"b\nc\"\r\nhello\r\n0\r\n\r\n" },
        { 400, "5;a=\"b\rc\"\r\nhello\r\n0\r\n\r\n" },
        { 400, "5;a=\"b\r\nc\"\r\nhello\r\n0\r\n\r\n" },
        { 400, "5;a=\"b\0\"\r\nhello\r\n0\r\n\r\n" },
        { 400, "5;a=\"b\\\n\"\r\nhello\r\n0\r\n\r\n" },
        { 400, "5;a=\"b\"c\r\nhello\r\n0\r\n\r\n" },
        { 400, "5;a=b;\r\nhello\r\n0\r\n\r\n" },
        { 400, "5,a\r\nhello\r\n0\r\n\r\n" },
        { 400, "5;" + new string('a', 17_000) },
        { 400, new string('0', 17_000) + "5\r\nhello\r\n0\r\n\r\n" },
        { 400, "0\r\nX: y\n\r\n" },
        { 400, "0\r\nX y\r\n\r\n" },
        { 400, "0\r\n X: y\r\n\r\n" },
        { 400, "0\r\nX : y\r\n\r\n" },
        { 400, "0\r\nX: \0\r\n\r\n" },
        { 400, "0\r\nX: a\rb\r\n\r\n" },
        { 400, "0\r\n\n" },
        { 400, "0\n\r\n" },
        { 400, "0\r\nContent-Length: 5\r\n\r\n" },
        { 400, "0\r\ntransfer-encoding: chunked\r\n\r\n" },
        { 400, "0\r\nHost: b\r\n\r\n" },
        { 400, "0\r\nTrailer: b\r\n\r\n" },
        { 431, "0\r\nX: " + new string('a', 17_000) },
        { 431, "0\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", 101)) + "\r\n" },
    };

    [Theory]
    [MemberData(nameof(BrokenChunks))]
    public async Task A_broken_chunk_is_refused_whoever_reads_it(int status, string chunks)
    {
        foreach (var handler in new AsyncHandlerFunc[] { Echo, (w, r) => w.WriteAsync("ignored") })
        {
            foreach (var byByte in new[] { false, true })
            {
                await using var server = new Http1Fixture(handler);
                if (byByte) foreach (var b in Encoding.Latin1.GetBytes(Chunked(chunks))) await server.SendAsync(new[] { b });
                else await server.SendAsync(Chunked(chunks));
                await server.SendAsync("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
                var response = await server.Client.ReadAsync();
                Assert.Equal(status, response.Status);
                Assert.Equal("close", response["Connection"]);
                await server.Client.AssertEndAsync();
                server.AssertQuietLog();
            }
        }
    }

    [Fact]
    public async Task Extensions_may_take_as_much_as_the_data()
    {
        await using var server = new Http1Fixture(async (w, r) => w.Write((await r.ReadBodyAsync()).Length.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        // As a client that signs each chunk: 100 bytes of extension to 1,000 of data, for ever.
        var chunk = "3e8;chunk-signature=" + new string('f', 80) + "\r\n" + new string('a', 1000) + "\r\n";
        Assert.Equal("2000000", (await server.RoundTripAsync(Chunked(string.Concat(Enumerable.Repeat(chunk, 2000)) + "0\r\n\r\n"))).Text);
        Assert.Equal(400, (await server.RoundTripAsync(Chunked(string.Concat(Enumerable.Repeat("1;chunk-signature=" + new string('f', 80) + "\r\na\r\n", 2000)) + "0\r\n\r\n"))).Status);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n7fffffffffffffff\r\nhello")]
    public async Task A_body_that_ends_early_is_an_IOException_and_a_400(string request)
    {
        Exception? error = null;
        await using var server = new Http1Fixture(async (w, r) =>
        {
            error = await Record.ExceptionAsync(() => r.ReadBodyAsync());
            throw error!;
        });
        await server.SendAsync(request);
        server.Connection.CloseByClient();
        Assert.Equal(400, (await server.Client.ReadAsync()).Status);
        Assert.Equal(400, Assert.IsType<RequestBodyException>(error).StatusCode);
        Assert.IsAssignableFrom<IOException>(error);
        await server.Client.AssertEndAsync();
        server.AssertQuietLog();
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\nhello")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n14\r\nhello")]
    public async Task A_handlers_limit_holds_within_the_chunk_in_which_it_is_set(string start)
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            r.Body.AdvanceTo((await r.Body.ReadAsync()).Buffer.End);
            r.MaxBodyBytes = 10;
            await r.ReadBodyAsync();
        });
        await server.SendAsync(start);
        await server.SendAsync(" world and others");
        Assert.Equal(413, (await server.Client.ReadAsync()).Status);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")]
    public async Task A_body_over_the_handlers_limit_is_a_413(string request)
    {
        Exception? error = null;
        await using var server = new Http1Fixture(async (w, r) =>
        {
            r.MaxBodyBytes = 10;
            error = await Record.ExceptionAsync(() => r.ReadBodyAsync());
            throw error!;
        });
        var response = await server.RoundTripAsync(request);
        Assert.Equal(413, response.Status);
        Assert.Equal("close", response["Connection"]);
        Assert.Equal(10, Assert.IsType<MaxBytesException>(error).Limit);
        await server.Client.AssertEndAsync();
        server.AssertQuietLog();
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello worl", 200)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world", 413)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n", 413)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhello worl\r\n0\r\n\r\n", 200)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", 413)]
    public async Task The_servers_limit_holds_for_every_handler(string request, int status)
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            r.MaxBodyBytes = 1000;
            w.Write(await r.ReadBodyAsync());
        }, new ProtocolLimits { MaxBodyBytes = 10 });
        Assert.Equal(status, (await server.RoundTripAsync(request)).Status);
    }

    [Fact]
    public async Task A_handler_may_answer_a_broken_body_itself_but_the_connection_closes()
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            await Record.ExceptionAsync(() => r.ReadBodyAsync());
            w.WriteHeader(422);
            await w.WriteAsync(new string('a', 5000));
        });
        var response = await server.RoundTripAsync(Chunked("x"));
        Assert.Equal(422, response.Status);
        await server.Client.AssertEndAsync();
    }

    [Fact]
    public async Task Upload_and_download_go_on_at_once()
    {
        await using var server = new Http1Fixture(async (w, r) =>
        {
            while (true)
            {
                var result = await r.Body.ReadAsync();
                foreach (var part in result.Buffer) await w.WriteAsync(part);
                r.Body.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) return;
                await w.FlushAsync();
            }
        });
        await server.SendAsync(Chunked("2\r\nab\r\n"));
        Assert.EndsWith("\r\n\r\n2\r\nab\r\n", server.Client.Peek(), StringComparison.Ordinal);
        await server.SendAsync("1\r\nc\r\n");
        Assert.EndsWith("2\r\nab\r\n1\r\nc\r\n", server.Client.Peek(), StringComparison.Ordinal);
        await server.SendAsync("0\r\n\r\n" + Get);
        Assert.Equal("abc", (await server.Client.ReadAsync()).Text);
        Assert.Equal(200, (await server.Client.ReadAsync()).Status);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", "hello")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n")]
    public async Task A_canceled_read_leaves_the_body_whole(string head, string body)
    {
        var canceled = new TaskCompletionSource();
        Request? request = null;
        await using var server = new Http1Fixture(async (w, r) =>
        {
            request = r;
            if (r.Method == "GET") return;
            var result = await r.Body.ReadAsync();
            Assert.True(result.IsCanceled);
            r.Body.AdvanceTo(result.Buffer.Start);
            canceled.SetResult();
            w.Write(await r.ReadBodyAsync());
        });
        await server.SendAsync(head);
        request!.Body.CancelPendingRead();
        await canceled.Task.WaitAsync(ResponseReader.Deadline);
        await server.SendAsync(body);
        Assert.Equal("hello", (await server.Client.ReadAsync()).Text);
        Assert.Equal(200, (await server.RoundTripAsync(Get)).Status);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    public async Task A_read_without_AdvanceTo_does_no_harm(string request)
    {
        await using var server = new Http1Fixture(async (w, r) => w.Write((await r.Body.ReadAsync()).Buffer.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        for (var i = 0; i < 3; i++) Assert.Equal("5", (await server.RoundTripAsync(request)).Text);
    }

    [Fact]
    public async Task TryRead_gives_what_is_there()
    {
        await using var server = new Http1Fixture((w, r) =>
        {
            var text = "";
            while (r.Body.TryRead(out var result))
            {
                text += Encoding.ASCII.GetString(result.Buffer.ToArray());
                r.Body.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) text += ".";
                if (result.IsCompleted) break;
            }
            w.Write(text);
        });
        Assert.Equal("hello.", (await server.RoundTripAsync(Post("hello"))).Text);
        Assert.Equal("hello.", (await server.RoundTripAsync(Chunked("5\r\nhello\r\n0\r\n\r\n"))).Text);
        Assert.Equal(".", (await server.RoundTripAsync(Get)).Text);
    }
}
