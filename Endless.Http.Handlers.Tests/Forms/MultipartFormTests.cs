using System.Text;
using Endless.Http.Testing;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Handlers.Tests.Forms;

public sealed class MultipartFormTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Values_and_files_are_read()
    {
        using var content = new MultipartFormDataContent
        {
            { new StringContent("ada čšž"), "name" },
            { new ByteArrayContent([0, 13, 10, 45, 45, 255]), "file", "náme.bin" },
            { new StringContent("second"), "name" },
            { new StringContent("text"), "file", "b.txt" },
        };
        var r = new RequestBuilder("POST", "/?name=query").Body(await content.ReadAsByteArrayAsync(), content.Headers.ContentType!.ToString()).Build();
        var form = await r.ReadFormAsync();
        Assert.Equal(["ada čšž", "second"], form.Values.Values("name"));
        Assert.Equal(["náme.bin", "b.txt"], form.Files.Select(file => file.FileName));
        Assert.Equal([0, 13, 10, 45, 45, 255], await ContentAsync(form.File("file")!));
        Assert.Equal(("file", 6L, "text/plain; charset=utf-8"), (form.Files[0].Name, form.Files[0].Length, form.Files[1].ContentType));
        Assert.Null(form.File("name"));
        Assert.Equal("ada čšž", r.FormValue("name"));
    }

    [Fact]
    public async Task A_part_without_a_name_is_passed_over_and_an_empty_file_input_is_a_value()
    {
        var form = await Sent.Form(Sent.Part("form-data", "x") + Sent.Part("attachment; name=a", "x") + "--b\r\n\r\nx\r\n" + Sent.Part("form-data; name=f; filename=\"\"", "") + "--b--", "multipart/form-data; boundary=b").ReadFormAsync();
        Assert.Equal([new("f", "")], form.Values);
        Assert.Empty(form.Files);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(300_000)]
    public async Task A_file_of_any_length_is_the_same_from_memory_and_from_disk(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        foreach (var memory in new[] { 32 << 20, 100_000, 0 })
        {
            var r = Files([("a", bytes), ("b", [1, 2, 3]), ("c", bytes)]);
            var form = await r.ReadFormAsync(new FormOptions { MaxMemoryBytes = memory, TempDirectory = _directory.Path });
            Assert.Equal(bytes, await ContentAsync(form.File("a")!));
            Assert.Equal([1, 2, 3], await ContentAsync(form.File("b")!));
            Assert.Equal(bytes, await ContentAsync(form.File("c")!));
            Assert.Equal(Math.Min(length, 1), form.Files[0].OpenReadStream().Read(new byte[1]));
            form.Dispose();
        }
    }

    [Fact]
    public async Task A_stream_of_it_can_seek_and_each_has_its_own_place()
    {
        var bytes = Enumerable.Range(0, 200_000).Select(i => (byte)(i / 700)).ToArray();
        foreach (var memory in new[] { 32 << 20, 0 })
        {
            var form = await Files([("a", bytes)]).ReadFormAsync(new FormOptions { MaxMemoryBytes = memory });
            using var one = form.Files[0].OpenReadStream();
            using var other = form.Files[0].OpenReadStream();
            one.Seek(-5, SeekOrigin.End);
            Assert.Equal(bytes[0], other.ReadByte());
            var buffer = new byte[10];
            Assert.Equal(5, one.ReadAtLeast(buffer, 10, throwOnEndOfStream: false));
            Assert.Equal(bytes[^5..], buffer[..5]);
            one.Position = 65_530;
            one.ReadExactly(buffer);
            Assert.Equal(bytes[65_530..65_540], buffer);
            one.Position = 1L << 40;
            Assert.Equal(0, one.Read(buffer));
            Assert.Throws<IOException>(() => one.Seek(-1, SeekOrigin.Begin));
            Assert.False(one.CanWrite);
            form.Dispose();
        }
    }

    [Fact]
    public async Task It_is_saved_under_a_name_of_the_programs()
    {
        var bytes = new byte[150_000];
        new Random(1).NextBytes(bytes);
        var form = await Files([("a", bytes)]).ReadFormAsync(new FormOptions { MaxMemoryBytes = 0 });
        var path = _directory["saved"];
        await form.Files[0].SaveAsAsync(path);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path));
        await Assert.ThrowsAsync<IOException>(() => form.Files[0].SaveAsAsync(path));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path));
        await File.WriteAllTextAsync(path, new string('x', 200_000));
        await form.Files[0].SaveAsAsync(path, overwrite: true);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => form.Files[0].SaveAsAsync(_directory["canceled"], cancellationToken: new CancellationToken(canceled: true)));
        Assert.False(File.Exists(_directory["canceled"]));
        form.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => form.Files[0].SaveAsAsync(_directory["late"]));
        Assert.False(File.Exists(_directory["late"]));
    }

    [Fact]
    public async Task Each_limit_holds()
    {
        var end = "--b--";
        await RefusedAsync("1000 fields", string.Concat(Enumerable.Repeat(Sent.Part("form-data; name=a", ""), 1001)) + end);
        await RefusedAsync("1000 fields", string.Concat(Enumerable.Repeat("--b\r\n\r\n\r\n", 1001)) + end);
        await RefusedAsync("value", Sent.Part("form-data; name=a", new string('v', 101)) + end, new FormOptions { MaxValueBytes = 100 });
        await RefusedAsync("values", string.Concat(Enumerable.Repeat(Sent.Part("form-data; name=a", new string('v', 50)), 3)) + end, new FormOptions { MaxValuesBytes = 152 });
        await RefusedAsync("values", Sent.Part("form-data; name=" + new string('n', 200), "") + end, new FormOptions { MaxValuesBytes = 100 });
        await RefusedAsync("a file", Sent.Part("form-data; name=a; filename=f", new string('v', 100_001)) + end, new FormOptions { MaxFileBytes = 100_000 });
        await RefusedAsync("the form has", Sent.Part("form-data; name=a; filename=f", new string('v', 1000)) + end, new FormOptions { MaxBytes = 1000 });
        await RefusedAsync("the form has", new string('v', 1000) + "\r\n" + end, new FormOptions { MaxBytes = 1000 });
        await RefusedAsync("lines", "--b\r\n" + string.Concat(Enumerable.Repeat("A: b\r\n", 17)) + "\r\n\r\n" + end);
        await RefusedAsync("header", $"--b\r\nA: {new string('x', 17_000)}\r\n\r\n\r\n{end}");

        static async Task RefusedAsync(string reason, string body, FormOptions? options = null)
        {
            var bytes = Sent.Bytes(body);
            await Sent.RefusedAsync(413, reason, new RequestBuilder("POST", "/").Body(bytes, "multipart/form-data; boundary=b").Build(), options);
            foreach (var size in new[] { 1000, 7 })
                await Sent.RefusedAsync(413, reason, new Request(new RequestBuilder("POST", "/").Header("Content-Type", "multipart/form-data; boundary=b").Build()) { Body = new Pieces(bytes, size) }, options);
        }
    }

    [Fact]
    public async Task What_is_known_to_be_too_large_is_refused_before_it_is_read()
    {
        var body = new Pieces(new byte[100], 10);
        var r = new Request(new RequestBuilder("POST", "/").Header("Content-Type", "multipart/form-data; boundary=b").Build()) { ContentLength = (128 << 20) + 1, Body = body };
        await Sent.RefusedAsync(413, "the form has", r);
        Assert.Equal(0, body.MostHeld);
    }

    [Fact]
    public async Task A_million_parts_are_refused_at_the_thousandth()
    {
        var part = Sent.Bytes("--b\r\n\r\n\r\n");
        var body = new byte[part.Length * 1_000_000];
        for (var i = 0; i < body.Length; i += part.Length) part.CopyTo(body, i);
        var pieces = new Pieces(body, 4096);
        await Sent.RefusedAsync(413, "1000 fields", new Request(new RequestBuilder("POST", "/").Header("Content-Type", "multipart/form-data; boundary=b").Build()) { Body = pieces });
        Assert.True(pieces.MostHeld < 10_000, $"{pieces.MostHeld} bytes were held");
    }

    [Fact]
    public async Task A_directory_that_is_not_there_is_an_error_of_the_servers() =>
        await Assert.ThrowsAnyAsync<IOException>(() => Files([("a", new byte[10])]).ReadFormAsync(new FormOptions { MaxMemoryBytes = 0, TempDirectory = _directory["absent"] }));

    [Fact]
    public async Task A_multipart_within_is_a_value()
    {
        var form = await Sent.Multipart("""
            --b
            Content-Disposition: form-data; name=a
            Content-Type: multipart/mixed; boundary=c

            --c
            Content-Disposition: file; filename=f

            x
            --c--
            --b--
            """).ReadFormAsync();
        Assert.StartsWith("--c\r\n", form["a"], StringComparison.Ordinal);
        Assert.EndsWith("--c--", form["a"], StringComparison.Ordinal);
    }

    private static Request Files((string Name, byte[] Content)[] files)
    {
        using var body = new MemoryStream();
        foreach (var (name, content) in files)
        {
            body.Write(Encoding.ASCII.GetBytes($"--b\r\nContent-Disposition: form-data; name={name}; filename={name}.bin\r\n\r\n"));
            body.Write(content);
            body.Write("\r\n"u8);
        }
        body.Write("--b--\r\n"u8);
        return new RequestBuilder("POST", "/").Body(body.ToArray(), "multipart/form-data; boundary=b").Build();
    }

    private static async Task<byte[]> ContentAsync(FormFile file)
    {
        await using var stream = file.OpenReadStream();
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }
}
