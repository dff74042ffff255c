using System.Net.Sockets;
using System.Text;
using Endless.Http.Load;
using Endless.Http.Testing;
using Endless.Http.Tests.Processes;

namespace Endless.Http.Handlers.Tests.Forms;

/// <summary>Uploads over sockets: what is on the disk and among the descriptors meanwhile, and that nothing is left, whatever the client does.</summary>
public sealed class UploadTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly FormOptions _options;

    public UploadTests() => _options = new FormOptions { MaxMemoryBytes = 1000, TempDirectory = _directory.Path };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_large_file_is_on_disk_without_a_name_and_gone_with_the_request()
    {
        var held = -1;
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            var form = await r.ReadFormAsync(_options);
            held = Descriptors();
            Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
            await using var stream = form.Files[^1].OpenReadStream();
            var sum = 0L;
            var buffer = new byte[10_000];
            for (var count = 0; (count = await stream.ReadAsync(buffer)) > 0;) foreach (var octet in buffer.AsSpan(0, count)) sum += octet;
            w.Write($"{form.Files.Count} {sum}");
        });
        var bytes = new byte[3 << 20];
        new Random(7).NextBytes(bytes);
        foreach (var version in new[] { System.Net.HttpVersion.Version11, System.Net.HttpVersion.Version20 })
        {
            using var client = server.CreateClient(version);
            using var content = new MultipartFormDataContent { { new ByteArrayContent(new byte[5000]), "a", "a.bin" }, { new ByteArrayContent(bytes), "b", "b.bin" } };
            Assert.Equal($"2 {bytes.Sum(octet => (long)octet)}", await (await client.PostAsync("/", content)).Content.ReadAsStringAsync());
            Assert.Equal(1, held); // one for all files
            await NothingLeftAsync();
        }
    }

    [Fact]
    public async Task A_handler_that_throws_leaves_nothing()
    {
        await using var server = TestServer.InMemory(async (w, r) =>
        {
            await r.ReadFormAsync(_options);
            Assert.Equal(1, Descriptors());
            throw new HttpErrorException(422, "no");
        });
        using var content = new MultipartFormDataContent { { new ByteArrayContent(new byte[100_000]), "a", "a.bin" } };
        Assert.Equal(422, (int)(await server.Client.PostAsync("/", content)).StatusCode);
        await NothingLeftAsync();
    }

    [Fact]
    public async Task A_form_that_is_refused_half_way_leaves_nothing()
    {
        await using var server = await TestServer.StartAsync(async (w, r) => await r.ReadFormAsync(_options));
        using var content = new MultipartFormDataContent { { new ByteArrayContent(new byte[300_000]), "a", "a.bin" }, { new StringContent("x"), "b" } };
        var body = await content.ReadAsByteArrayAsync();
        using var bad = new ByteArrayContent(body[..^10]); // no end
        bad.Headers.TryAddWithoutValidation("Content-Type", content.Headers.ContentType!.ToString());
        Assert.Equal(400, (int)(await server.Client.PostAsync("/", bad)).StatusCode);
        await NothingLeftAsync();
    }

    [Fact]
    public async Task Clients_that_leave_in_the_middle_leave_nothing()
    {
        var ended = 0;
        await using var server = await TestServer.StartAsync(async (w, r) =>
        {
            try
            {
                await Assert.ThrowsAnyAsync<IOException>(() => r.ReadFormAsync(_options));
            }
            finally
            {
                Interlocked.Increment(ref ended);
            }
        });
        for (var i = 0; i < 20; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(server.Url.Host, server.Url.Port);
            var head = $"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 10000000\r\n\r\n{Sent.Part("form-data; name=a; filename=f", new string('x', 200_000))[..^2]}";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
            if (i == 0) await Deadline.UntilAsync(() => Descriptors() > 0, "the upload is on disk");
            if (i % 2 == 0) client.Client.LingerState = new LingerOption(enable: true, seconds: 0); // a reset
        }
        await Deadline.UntilAsync(() => Volatile.Read(ref ended) == 20, "each upload ends");
        await NothingLeftAsync();
    }

    [Fact]
    public async Task A_synchronous_handler_may_wait_for_a_value()
    {
        await using var server = await TestServer.StartAsync((w, r) => w.Write(r.FormValue("a") ?? "none"));
        using var client = new TcpClient();
        await client.ConnectAsync(server.Url.Host, server.Url.Port);
        var stream = client.GetStream();
        await stream.WriteAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\nConnection: close\r\n\r\na"u8.ToArray());
        await stream.WriteAsync("=1"u8.ToArray());
        using var reader = new StreamReader(stream);
        Assert.EndsWith("\r\n\r\n1", await reader.ReadToEndAsync().WaitAsync(Deadline.Default), StringComparison.Ordinal);
    }

    private async Task NothingLeftAsync()
    {
        await Deadline.UntilAsync(() => Descriptors() == 0, "every temporary file is closed");
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    /// <summary>Open files of the test's directory, which have no name there.</summary>
    private int Descriptors()
    {
        var count = 0;
        foreach (var descriptor in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            try
            {
                if (File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName.StartsWith(_directory.Path, StringComparison.Ordinal) == true) count++;
            }
            catch (IOException)
            {
                // closed meanwhile
            }
        }
        return count;
    }
}
