using System.IO.Compression;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Testing;

namespace Endless.Http.Handlers.Tests.Middlewares;

public sealed class DecompressTests
{
    private static readonly byte[] Text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 3_000).Select(i => $"line {i} of a text\n")));

    public static TheoryData<string> Codings => new("gzip", "x-gzip", "br", "zstd", "deflate", "GZip");

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task A_body_is_decoded_and_its_fields_are_gone(string coding)
    {
        var w = await PostAsync(coding, Encode(coding, Text), async (w, r) =>
        {
            Assert.Equal((null, null, -1L, "1"), (r.Header["Content-Encoding"], r.Header["Content-Length"], r.ContentLength, r.Header["X"]));
            await w.WriteAsync(await r.ReadBodyAsync());
        });
        Assert.Equal(Text, w.Body);
        w = await PostAsync(coding, Encode(coding, Text), async (w, r) =>
        {
            using var copy = new MemoryStream();
            await r.BodyStream.CopyToAsync(copy);
            await w.WriteAsync(copy.ToArray());
        });
        Assert.Equal(Text, w.Body);
    }

    [Theory]
    [InlineData("")]
    [InlineData("identity")]
    public async Task A_plain_body_is_left_as_it_is(string coding) =>
        Assert.Equal("abc", (await PostAsync(coding, "abc"u8.ToArray(), async (w, r) => await w.WriteAsync(await r.ReadBodyAsync()))).Text);

    [Theory]
    [InlineData("compress")]
    [InlineData("gzip, br")]
    [InlineData("gzip, gzip")]
    [InlineData("nonsense\"")]
    public async Task Another_coding_is_415_and_says_which_are_known(string coding)
    {
        await using var server = TestServer.InMemory(Middleware.Decompress()(Handler.From((w, r) => { })));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent("x") };
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        using var response = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal("gzip, br, zstd, deflate", response.Headers.GetValues("Accept-Encoding").Single());
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task A_bomb_is_413_and_holds_little(string coding)
    {
        var bomb = Encode(coding, new byte[100 * 1024 * 1024]);
        long read = 0;
        var error = await Assert.ThrowsAsync<MaxBytesException>(() => PostAsync(coding, bomb, async (w, r) =>
        {
            var buffer = new byte[64 * 1024];
            while (await r.BodyStream.ReadAsync(buffer) is > 0 and var count) read += count;
        }));
        Assert.Equal(413, error.StatusCode);
        Assert.InRange(read, 0, 12 * 1024 * 1024); // a hundred times 100 KB of gzip; Brotli's is smaller
        await Assert.ThrowsAsync<MaxBytesException>(() => PostAsync(coding, bomb, (w, r) => r.ReadBodyAsync(), new DecompressOptions { MaxRatio = 1_000_000, MaxBytes = 1_000_000 }));
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task A_broken_or_half_sent_body_is_400(string coding)
    {
        var encoded = Encode(coding, Text);
        foreach (var broken in new[] { encoded[..(encoded.Length / 2)], encoded[..^1], "this is plain text, and not short"u8.ToArray(), [.. encoded[..20], .. Enumerable.Repeat((byte)0xEE, 500)] })
        {
            var w = await PostAsync(coding, broken, async (w, r) => await w.WriteAsync(await r.ReadBodyAsync()));
            Assert.True(w.StatusCode == 400, $"{broken.Length} bytes, {broken[0]:x}: {w.StatusCode}");
        }
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_is_no_400()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Encode("gzip", Text)[..100]);
        await pipe.Writer.CompleteAsync(new IOException("gone"));
        var r = new Request("POST", "/");
        r.Header.Set("Content-Encoding", "gzip");
        await Assert.ThrowsAsync<IOException>(() => ResponseRecorder.RecordAsync(Middleware.Decompress()(Handler.From((w, r) => r.ReadBodyAsync())), new Request(r) { Body = pipe.Reader }).WaitAsync(Deadline.Default));
    }

    [Fact]
    public async Task Json_over_a_connection_is_decoded_within_the_limits()
    {
        await using var server = TestServer.InMemory(Middleware.Chain(Middleware.Recover(), Middleware.Decompress())(Handler.From(async (w, r) => await w.WriteJsonAsync((await r.ReadJsonAsync<int[]>()).Length))));
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var client = server.CreateClient(version);
            foreach (var (body, status) in new[] { ("[" + string.Join(',', Enumerable.Range(0, 1000)) + "]", 200), ("[" + new string(' ', 2_000_000) + "]", 413), ("[", 400) })
            {
                var content = new ByteArrayContent(Encode("gzip", Encoding.ASCII.GetBytes(body)));
                content.Headers.Add("Content-Encoding", "gzip");
                content.Headers.Add("Content-Type", "application/json");
                using var response = await client.PostAsync("/", content);
                Assert.Equal(status, (int)response.StatusCode);
                if (status == 200) Assert.Equal("1000", await response.Content.ReadAsStringAsync());
                else Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.ToString());
            }
        }
    }

    private static Task<ResponseRecorder> PostAsync(string coding, byte[] body, AsyncHandlerFunc handler, DecompressOptions? options = null)
    {
        var r = new RequestBuilder("POST", "/").Header("X", "1").Body(body);
        if (coding.Length > 0) r.Header("Content-Encoding", coding);
        return ResponseRecorder.RecordAsync(Middleware.Decompress(options)(Handler.From(handler)), r.Build());
    }

    private static byte[] Encode(string coding, byte[] data)
    {
        using var encoded = new MemoryStream();
        using (Stream encoder = coding.ToLowerInvariant() switch
        {
            "br" => new BrotliStream(encoded, CompressionLevel.Fastest, leaveOpen: true),
            "zstd" => new ZstdSharp.CompressionStream(encoded, leaveOpen: true),
            "deflate" => new ZLibStream(encoded, CompressionLevel.Fastest, leaveOpen: true),
            _ => new GZipStream(encoded, CompressionLevel.Optimal, leaveOpen: true),
        })
        {
            encoder.Write(data);
        }
        return encoded.ToArray();
    }
}
