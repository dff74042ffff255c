using System.Diagnostics;

namespace Endless.Http.Handlers.Tests.Forms;

public sealed class MultipartReaderTests
{
    [Fact]
    public async Task Parts_come_in_order_with_header_and_content()
    {
        var r = Sent.Multipart("""
            preamble
            --b
            Content-Disposition: form-data; name="a"

            1
            --b
            Content-Disposition: form-data; name=f; filename="x.bin"
            Content-Type: application/octet-stream

            --b1
            -b
            --b--
            epilogue
            --b
            """);
        var seen = new List<string>();
        await foreach (var part in r.ReadMultipartAsync()) seen.Add($"{part.Name}|{part.FileName}|{part.ContentType}|{await part.ReadTextAsync()}");
        Assert.Equal(["a|||1", "f|x.bin|application/octet-stream|--b1\r\n-b"], seen);
    }

    /// <summary>Cut anywhere, and in pieces of any size, a body says the same.</summary>
    [Fact]
    public async Task Pieces_of_any_size_say_the_same()
    {
        const string Body = "x\r\n--\r\r\n--bx\r\n--b \t\r\nA: 1\r\n  2\r\nB:\r\n\r\n\r\n--\r\r\n--\r\n--c\r\n-\r\n--b\r\n\r\n--b\r\n\r\n\r\n--bb\r\n--b\r\nC: 3\r\n\r\n\r\n\r\n--b--  \r\nend";
        var whole = await ReadAsync(Body, Body.Length);
        Assert.Equal(["A=1 2;B=;|\r\n--\r\r\n--\r\n--c\r\n-", "|", "|\r\n--bb", "C=3;|\r\n"], whole);
        for (var size = 1; size < Body.Length; size++) Assert.Equal(whole, await ReadAsync(Body, size));
    }

    /// <summary>Cut off anywhere it is refused, but behind the last boundary's hyphens.</summary>
    [Fact]
    public async Task A_body_without_its_end_is_refused_wherever_it_is_cut()
    {
        const string Body = "--b\r\nA: 1\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--";
        for (var length = 0; length < Body.Length; length++)
        {
            var cut = Body[..length];
            Assert.Equal(400, (await Assert.ThrowsAsync<HttpErrorException>(() => ReadAsync(cut, 3))).StatusCode);
        }
        Assert.Equal(2, (await ReadAsync(Body, 3)).Count);
    }

    [Theory]
    [InlineData("--b--", 0)]
    [InlineData("--b--\r\n", 0)]
    [InlineData("\r\n--b--", 0)]
    [InlineData("--b\r\n\r\n--b--", 1)]
    [InlineData("--b\r\n\r\n\r\n--b--", 1)]
    [InlineData("--bx\r\n--b\r\n\r\n\r\n--b--", 1)]
    [InlineData("--b-\r\n--b\r\n\r\n\r\n--b-\r\n--b--", 1)]
    public async Task What_RFC_2046_allows_is_read(string body, int parts) => Assert.Equal(parts, (await ReadAsync(body, 100)).Count);

    [Theory]
    [InlineData("--b\n\n1\n--b--\n", "LF")]
    [InlineData("--b\r\n\r\n1\r\n--b\n", "LF")]
    [InlineData("--b x\r\n", "something else")]
    [InlineData("--b\rx", "something else")]
    [InlineData("--b\r\n\r\n1\r\n--b--x", "something else")]
    [InlineData("--b\r\nno colon\r\n\r\n1\r\n--b--", "malformed")]
    [InlineData("--b\r\nA : 1\r\n\r\n1\r\n--b--", "malformed")]
    [InlineData("--b\r\n: 1\r\n\r\n1\r\n--b--", "malformed")]
    [InlineData("--b\r\n A: 1\r\n\r\n1\r\n--b--", "malformed")]
    [InlineData("--b\r\nA: 1\0\r\n\r\n1\r\n--b--", "malformed")]
    [InlineData("--b\r\nA: 1\nB: 2\r\n\r\n1\r\n--b--", "malformed")]
    [InlineData("--b\r\nA: 1\r\n \rx\r\n\r\n1\r\n--b--", "malformed")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--b--", "Content-Disposition")]
    [InlineData("--b\r\nContent-Disposition: form-data; name*=x; filename*=utf-8''a%00b\r\n\r\n1\r\n--b--", "control character")]
    [InlineData("", "last boundary")]
    [InlineData("x", "last boundary")]
    public async Task What_it_does_not_is_refused(string body, string reason)
    {
        var error = await Assert.ThrowsAsync<HttpErrorException>(() => ReadAsync(body, 100));
        Assert.Equal(400, error.StatusCode);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=b", true)]
    [InlineData("Multipart/Form-Data; charset=utf-8; BOUNDARY=\"b\"", true)]
    [InlineData("multipart/mixed; boundary=b", true)]
    [InlineData("multipart/form-data", false)]
    [InlineData("multipart/form-data; boundary=", false)]
    [InlineData("multipart/form-data; boundary=\"\"", false)]
    [InlineData("multipart/form-data; boundary=\"b \"", false)]
    [InlineData("multipart/form-data; boundary=b; boundary=c", false)]
    [InlineData("multipart/form-data; boundary=\"b", false)]
    public async Task The_boundary_is_checked(string type, bool isGood)
    {
        var r = Sent.Multipart("--b--", type);
        if (isGood) Assert.Null(await r.MultipartReader().ReadPartAsync());
        else Assert.Equal(400, Assert.Throws<HttpErrorException>(() => r.MultipartReader()).StatusCode);
    }

    [Fact]
    public async Task A_boundary_has_70_characters_at_most()
    {
        var longest = new string('b', 70);
        Assert.Null(await Sent.Form($"--{longest}--", $"multipart/form-data; boundary={longest}").MultipartReader().ReadPartAsync());
        foreach (var length in new[] { 71, 1 << 20 })
            Assert.Equal(400, Assert.Throws<HttpErrorException>(() => Sent.Form("", $"multipart/form-data; boundary={new string('b', length)}").MultipartReader()).StatusCode);
        Assert.Throws<ArgumentException>(() => new MultipartReader(new Pieces([], 1), ""));
        Assert.Throws<ArgumentException>(() => new MultipartReader(new Pieces([], 1), "a\r\nb"));
    }

    [Fact]
    public void Another_type_is_refused() => Assert.Equal(415, Assert.Throws<HttpErrorException>(() => Sent.Form("a=1").MultipartReader()).StatusCode);

    [Fact]
    public async Task A_boundary_may_hold_what_quotes_allow()
    {
        var r = Sent.Form("--a b'()+_,-./:=?\r\n\r\n1\r\n--a b'()+_,-./:=?--", "multipart/mixed; boundary=\"a b'()+_,-./:=?\"");
        Assert.Equal("1", await (await r.MultipartReader().ReadPartAsync())!.ReadTextAsync());
    }

    [Fact]
    public async Task What_of_a_part_was_not_read_is_passed_over_and_it_is_closed()
    {
        var reader = Sent.Multipart("--b\n\n12345\n--b\n\n6\n--b--").MultipartReader();
        var first = (await reader.ReadPartAsync())!;
        var read = await first.Body.ReadAsync();
        first.Body.AdvanceTo(read.Buffer.GetPosition(2));
        var second = (await reader.ReadPartAsync())!;
        Assert.Throws<InvalidOperationException>(() => first.Body.TryRead(out _));
        await Assert.ThrowsAsync<InvalidOperationException>(() => first.ReadTextAsync());
        using var text = new StreamReader(second.BodyStream);
        Assert.Equal("6", text.ReadToEnd());
        Assert.Null(await reader.ReadPartAsync());
        Assert.Null(await reader.ReadPartAsync());
    }

    [Fact]
    public async Task A_multipart_within_a_part_is_content()
    {
        const string Inner = "--bb\r\n\r\n1\r\n--bb--\r\n";
        var r = Sent.Form($"--b\r\nContent-Disposition: form-data; name=a\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n{Inner}\r\n--b--", "multipart/form-data; boundary=b");
        var part = (await r.MultipartReader().ReadPartAsync())!;
        var inner = new MultipartReader(part.Body, "bb");
        Assert.Equal("1", await (await inner.ReadPartAsync())!.ReadTextAsync());
        Assert.Null(await inner.ReadPartAsync());
    }

    [Fact]
    public async Task The_content_can_be_looked_at_without_consuming_it()
    {
        var body = Sent.Bytes("--b\r\n\r\n" + new string('x', 1000) + "\r\n--b--");
        var reader = new MultipartReader(new Pieces(body, 7), "b");
        var part = (await reader.ReadPartAsync())!;
        while (true)
        {
            var result = await part.Body.ReadAsync();
            if (result.IsCompleted)
            {
                Assert.Equal(1000, result.Buffer.Length);
                part.Body.AdvanceTo(result.Buffer.End);
                break;
            }
            part.Body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
        var end = await part.Body.ReadAsync();
        Assert.True(end is { IsCompleted: true, Buffer.IsEmpty: true });
        part.Body.AdvanceTo(end.Buffer.End);
        Assert.Null(await reader.ReadPartAsync());
    }

    [Fact]
    public async Task Limits_of_a_header_hold()
    {
        var limits = new FormOptions { MaxPartHeaderBytes = 100, MaxPartHeaders = 3, MaxFields = 2 };
        Assert.Single(await ReadAsync("--b\r\nA: 1\r\nB: 2\r\n C\r\n\r\n1\r\n--b--", 7, limits));
        foreach (var (body, reason) in new[]
        {
            ("--b\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n1\r\n--b--", "3 lines"),
            ("--b\r\nA: 1\r\n 2\r\n 3\r\n 4\r\n\r\n1\r\n--b--", "3 lines"),
            ($"--b\r\nA: {new string('x', 100)}\r\n\r\n1\r\n--b--", "100 bytes"),
            ($"--b{new string(' ', 200)}\r\n\r\n1\r\n--b--", "100 bytes"),
            ("--b\r\n\r\n\r\n--b\r\n\r\n\r\n--b\r\n\r\n\r\n--b--", "2 fields"),
        })
        {
            foreach (var size in new[] { 1, 1000 })
            {
                var error = await Assert.ThrowsAsync<HttpErrorException>(() => ReadAsync(body, size, limits));
                Assert.Equal(413, error.StatusCode);
                Assert.Contains(reason, error.Message, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Near misses of the boundary, whatever pieces they come in, cost as much as other bytes.</summary>
    [Theory]
    [InlineData("\r\n--bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbc", 64 * 1024)]
    [InlineData("\r\n--bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbx", 64 * 1024)]
    [InlineData("\r", 64 * 1024)]
    [InlineData("\r\n", 64 * 1024)]
    [InlineData("\rb", 64 * 1024)]
    [InlineData("\r\n--", 64 * 1024)]
    [InlineData("\r\n--bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", 1)]
    [InlineData("\r", 1)]
    [InlineData("\r\n--b", 3)]
    [InlineData("b", 1)]
    public async Task A_flood_of_near_misses_is_read_in_one_pass(string pattern, int size)
    {
        var length = size < 100 ? 1 << 20 : 4 << 20; // a read for each byte takes a microsecond or two, and a thousand times that where all before is searched again
        var boundary = new string('b', 69);
        var content = string.Concat(Enumerable.Repeat(pattern, length / pattern.Length));
        var pieces = new Pieces(Sent.Bytes($"--{boundary}\r\n\r\n{content}\r\n--{boundary}--"), size);
        var started = Stopwatch.GetTimestamp();
        var part = (await new MultipartReader(pieces, boundary).ReadPartAsync())!;
        var read = 0L;
        while (true)
        {
            var result = await part.Body.ReadAsync();
            read += result.Buffer.Length;
            part.Body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
        }
        Assert.Equal(content.Length, read);
        Assert.True(pieces.MostHeld <= size + boundary.Length + 6, $"{pieces.MostHeld} bytes were held");
        // Each byte compared with all that came before would take hours.
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), $"It took {Stopwatch.GetElapsedTime(started)}.");
    }

    private static async Task<List<string>> ReadAsync(string body, int size, FormOptions? options = null)
    {
        var reader = new MultipartReader(new Pieces(Sent.Bytes(body), size), "b", options);
        var parts = new List<string>();
        while (await reader.ReadPartAsync() is { } part)
            parts.Add($"{string.Concat(part.Header.Select(field => $"{field.Key}={field.Value};"))}|{await part.ReadTextAsync()}");
        return parts;
    }
}
