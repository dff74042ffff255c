using System.IO.Compression;
using System.Net;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Middlewares;

public sealed class CompressTests
{
    private static readonly string Text = string.Concat(Enumerable.Range(0, 3_000).Select(i => $"line {i} of a text\n"));

    public static TheoryData<string> Codings => new("gzip", "br", "zstd");

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task Whatever_is_written_comes_out_the_same(string coding)
    {
        var random = new Random(18);
        for (var i = 0; i < 60; i++)
        {
            var length = random.Next(i % 2 == 0 ? 5_000 : Text.Length);
            var (isAsync, flushes, byPipe, piece) = (random.Next(2) == 0, random.Next(4) == 0, random.Next(4) == 0, 1 + random.Next(i % 3 == 0 ? 100 : 40_000));
            var w = await GetAsync(coding, async (w, r) =>
            {
                w.Header["Content-Type"] = "text/plain";
                for (var at = 0; at < length; at += piece)
                {
                    var part = Encoding.ASCII.GetBytes(Text[at..Math.Min(length, at + piece)]);
                    if (byPipe) await w.BodyWriter.WriteAsync(part);
                    else if (isAsync) await w.WriteAsync(part);
                    else w.Write(part);
                    if (flushes && isAsync) await w.FlushAsync();
                    else if (flushes) w.Flush();
                }
            });
            Assert.Equal((Text[..length], 200), (Encoding.ASCII.GetString(Decode(w)), w.StatusCode));
            if (length >= 1024) Assert.Equal(coding, w.SentHeader["Content-Encoding"]);
        }
    }

    [Fact]
    public async Task The_header_says_what_was_done()
    {
        var w = await GetAsync("gzip", (w, r) =>
        {
            w.Header["Content-Type"] = "application/vnd.shop+json; charset=utf-8";
            w.Header["Content-Length"] = Text.Length.ToString();
            w.Header["ETag"] = "\"1\"";
            w.Header["Accept-Ranges"] = "bytes";
            w.Header["Vary"] = "Origin";
            w.WriteHeader(203);
            return w.WriteAsync(Text);
        });
        Assert.Equal((203, "gzip", "W/\"1\"", null), (w.StatusCode, w.SentHeader["Content-Encoding"], w.SentHeader["ETag"], w.SentHeader["Accept-Ranges"]));
        Assert.Equal(["Origin", "Accept-Encoding"], w.SentHeader.Values("Vary"));
        Assert.Equal(w.Body.Length < 2048 ? w.Body.Length.ToString() : null, w.SentHeader["Content-Length"]);
        Assert.Equal(Text, Encoding.ASCII.GetString(Decode(w)));
    }

    [Theory]
    [InlineData("", "")] // no field
    [InlineData("identity", "")]
    [InlineData("deflate", "")]
    [InlineData("gzip;q=0", "")]
    [InlineData("gzip, deflate, br, zstd", "zstd")]
    [InlineData("gzip, br", "br")]
    [InlineData("gzip;q=0.9, br;q=0.5", "gzip")]
    [InlineData("*", "zstd")]
    [InlineData("identity, gzip;q=0.5", "")]
    [InlineData("GZIP", "gzip")]
    public async Task The_client_chooses_and_vary_says_so(string accept, string coding)
    {
        var w = await GetAsync(accept, (w, r) => w.WriteAsync(Text));
        Assert.Equal((coding.Length == 0 ? null : coding, "Accept-Encoding", "text/plain; charset=utf-8"), (w.SentHeader["Content-Encoding"], w.SentHeader["Vary"], w.SentHeader["Content-Type"]));
    }

    [Theory]
    [InlineData("Content-Type", "image/png", false)]
    [InlineData("Content-Type", "application/zip", false)]
    [InlineData("Content-Type", "nonsense", false)]
    [InlineData("Content-Encoding", "br", false)]
    [InlineData("Cache-Control", "public, no-transform", false)]
    [InlineData("Content-Range", "bytes 0-1/2", false)]
    [InlineData("Content-Length", "5", true)]
    public async Task What_is_left_as_it_is(string name, string value, bool varies)
    {
        var w = await GetAsync("gzip", (w, r) =>
        {
            w.Header["Content-Type"] = "text/plain";
            w.Header["ETag"] = "\"1\"";
            w.Header[name] = value;
            return w.WriteAsync(name == "Content-Length" ? "12345" : Text);
        });
        Assert.Equal((name == "Content-Encoding" ? value : null, "\"1\""), (w.SentHeader["Content-Encoding"], w.SentHeader["ETag"]));
        Assert.Equal(varies ? "Accept-Encoding" : null, w.SentHeader["Vary"]);
        Assert.Equal(name == "Content-Length" ? "12345" : Text, w.Text);
    }

    [Theory]
    [InlineData(1023, null)]
    [InlineData(1024, "gzip")]
    public async Task Little_is_sent_as_it_is_with_its_length(int length, string? coding)
    {
        var w = await GetAsync("gzip", (w, r) =>
        {
            w.Header["Content-Type"] = "text/plain";
            for (var i = 0; i < length; i++) w.Write("x");
            return Task.CompletedTask;
        });
        Assert.Equal((coding, length), (w.SentHeader["Content-Encoding"], Decode(w).Length));
        if (coding is null) Assert.Equal(length.ToString(), w.SentHeader["Content-Length"]);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    public async Task A_status_without_a_body_has_none(int status)
    {
        foreach (var writes in new[] { false, true })
        {
            var w = await GetAsync("gzip", (w, r) =>
            {
                w.Header["Content-Type"] = "text/plain";
                if (writes) w.WriteHeader(status);
                else w.StatusCode = status;
                return Task.CompletedTask;
            });
            Assert.Equal((status, null, status == 304 ? "Accept-Encoding" : null, 0), (w.StatusCode, w.SentHeader["Content-Encoding"], w.SentHeader["Vary"], w.Body.Length));
        }
    }

    [Fact]
    public async Task A_part_is_sent_as_it_is()
    {
        var w = await GetAsync("gzip", (w, r) =>
        {
            w.Header["Content-Type"] = "text/plain";
            w.WriteHeader(206);
            return w.WriteAsync(Text);
        });
        Assert.Null(w.SentHeader["Content-Encoding"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Head_has_the_header_of_get(bool writes)
    {
        var handler = Middleware.Compress()(Handler.From((w, r) =>
        {
            w.Header["Content-Type"] = "text/plain";
            w.Header["Content-Length"] = Text.Length.ToString();
            if (writes || r.Method == "GET") w.Write(Text);
        }));
        var get = await ResponseRecorder.RecordAsync(handler, new RequestBuilder("GET", "/").Header("Accept-Encoding", "gzip").Build());
        var head = await ResponseRecorder.RecordAsync(handler, new RequestBuilder("HEAD", "/").Header("Accept-Encoding", "gzip").Build());
        Assert.Equal(get.SentHeader.Where(field => field.Key != "Content-Length"), head.SentHeader);
        Assert.Equal("gzip", head.SentHeader["Content-Encoding"]);
    }

    [Fact]
    public async Task A_response_that_holds_secrets_can_be_left_out()
    {
        var options = new CompressOptions { ShouldCompress = r => r.Path != "/account" };
        Assert.Null((await GetAsync("gzip", (w, r) => w.WriteAsync(Text), options, "/account")).SentHeader["Content-Encoding"]);
        Assert.Equal("gzip", (await GetAsync("gzip", (w, r) => w.WriteAsync(Text), options)).SentHeader["Content-Encoding"]);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task A_flush_sends_what_was_written(string coding)
    {
        var more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = TestServer.InMemory(Middleware.Compress()(Handler.From(async (w, r) =>
        {
            w.Header["Content-Type"] = "text/event-stream";
            await w.WriteAsync("data: 1\n\n");
            await w.FlushAsync();
            await more.Task;
            w.Write("data: 2\n\n");
            w.Trailers["Checksum"] = "1";
        })));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Accept-Encoding", coding } } };
        using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(coding, response.Content.Headers.ContentEncoding.Single());
        await using var body = Decoder(coding, await response.Content.ReadAsStreamAsync());
        var buffer = new byte[100];
        Assert.Equal("data: 1\n\n", Encoding.ASCII.GetString(buffer, 0, await body.ReadAsync(buffer).AsTask().WaitAsync(Deadline.Default)));
        more.SetResult();
        Assert.Equal("data: 2\n\n", await new StreamReader(body).ReadToEndAsync().WaitAsync(Deadline.Default));
    }

    [Fact]
    public async Task Trailers_stay()
    {
        var w = await GetAsync("gzip", (w, r) =>
        {
            w.Header["Trailer"] = "Checksum";
            w.Trailers["Checksum"] = "1";
            return w.WriteAsync(Text);
        });
        Assert.Equal(("gzip", "1"), (w.SentHeader["Content-Encoding"], w.SentTrailers["Checksum"]));
    }

    [Fact]
    public async Task A_handler_that_fails_before_much_is_written_is_a_500()
    {
        await using var server = TestServer.InMemory(
            Middleware.Chain(Middleware.Recover(), Middleware.Compress())(Handler.From((w, r) =>
            {
                w.Header["Content-Type"] = "text/plain";
                w.Write(r.Path == "/late" ? Text + Text : "a little");
                throw new InvalidOperationException("no");
            })),
            new CollectingLogger());
        server.Client.DefaultRequestHeaders.Add("Accept-Encoding", "zstd");
        for (var i = 0; i < 3; i++)
        {
            using var early = await server.Client.GetAsync("/early");
            Assert.Equal((HttpStatusCode.InternalServerError, 0), (early.StatusCode, early.Content.Headers.ContentEncoding.Count));
            Assert.Contains("\"status\":500", await early.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Encoders_are_used_by_many_requests_at_once()
    {
        await using var server = TestServer.InMemory(Middleware.Compress()(Handler.From(async (w, r) =>
        {
            w.Header["Content-Type"] = "text/plain";
            for (var at = 0; at < Text.Length; at += 10_000)
            {
                await w.WriteAsync(Text[at..Math.Min(Text.Length, at + 10_000)]);
                await Task.Yield();
                if (r.Query.Get("fail") == "1") throw new InvalidOperationException("no");
            }
        })), new CollectingLogger());
        await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            var coding = new[] { "gzip", "br", "zstd" }[i % 3];
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/?fail={i % 5}") { Headers = { { "Accept-Encoding", coding } } };
            try
            {
                using var response = await server.Client.SendAsync(request);
                if (i % 5 == 1) return;
                Assert.Equal(Text, await new StreamReader(Decoder(coding, await response.Content.ReadAsStreamAsync())).ReadToEndAsync());
            }
            catch (HttpRequestException) when (i % 5 == 1)
            {
                // it was cut off
            }
        })).WaitAsync(Deadline.Default);
    }

    [Fact]
    public void Codings_that_nobody_knows_are_refused() => Assert.Throws<ArgumentException>(() => Middleware.Compress(new CompressOptions { Codings = { "lzma" } }));

    private static Task<ResponseRecorder> GetAsync(string accept, AsyncHandlerFunc handler, CompressOptions? options = null, string path = "/")
    {
        var r = new RequestBuilder("GET", path);
        if (accept.Length > 0) r.Header("Accept-Encoding", accept);
        return ResponseRecorder.RecordAsync(Middleware.Compress(options)(Handler.From(handler)), r.Build());
    }

    private static byte[] Decode(ResponseRecorder w)
    {
        if (w.SentHeader["Content-Encoding"] is not { } coding) return w.Body;
        using var decoder = Decoder(coding, new MemoryStream(w.Body));
        using var plain = new MemoryStream();
        decoder.CopyTo(plain);
        return plain.ToArray();
    }

    private static Stream Decoder(string coding, Stream body) => coding switch
    {
        "gzip" => new GZipStream(body, CompressionMode.Decompress),
        "br" => new BrotliStream(body, CompressionMode.Decompress),
        _ => new ZstdSharp.DecompressionStream(body),
    };
}
