using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>What endpoints do with requests' bodies.</summary>
internal static class ContentCases
{
    public const int Limit = 1000;

    public static IEnumerable<BehaviourCase> All => [.. Reads, .. Limits, .. Framings];

    private static IEnumerable<BehaviourCase> Reads =>
    [
        new("read whole", static async (context, notes) =>
        {
            notes.Add("body", await new StreamReader(context.Request.Body).ReadToEndAsync());
            notes.Add("again", await context.Request.Body.ReadAsync(new byte[1]));
            var read = await context.Request.BodyReader.ReadAsync();
            notes.Add("again by the reader", read.IsCompleted);
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
        }) { Method = "POST", Body = Bytes("hello") },
        new("read in parts", static async (context, notes) =>
        {
            var buffer = new byte[3];
            var text = new StringBuilder();
            while (await context.Request.Body.ReadAtLeastAsync(buffer, 3, throwOnEndOfStream: false) is > 0 and var count) text.Append(Encoding.ASCII.GetString(buffer, 0, count)).Append('|');
            notes.Add("parts", text.ToString());
        }) { Method = "POST", Body = Bytes("hello, world") },
        new("read nothing of an upload", static (context, _) => context.Response.WriteAsync("four")) { Method = "POST", Body = Bytes("hello") },
        new("read some of an upload", static async (context, notes) =>
        {
            notes.Add("some", await context.Request.Body.ReadAtLeastAsync(new byte[2], 2));
            await context.Response.WriteAsync("four");
        }) { Method = "POST", Body = Bytes("hello") },
        new("the stream of a request without a body", static async (context, notes) =>
        {
            notes.Add("count", await context.Request.Body.ReadAsync(new byte[1]));
            var read = await context.Request.BodyReader.ReadAsync();
            notes.Add("reader", $"{read.Buffer.Length} {read.IsCompleted} {read.IsCanceled}");
        }),
        new("the body's stream", static async (context, notes) =>
        {
            var body = context.Request.Body;
            notes.Add("can", $"{body.CanRead} {body.CanWrite} {body.CanSeek} {body.CanTimeout}");
            notes.Try("length", () => body.Length);
            notes.Try("position", () => body.Position);
            notes.Try("set position", () => body.Position = 0);
            notes.Try("seek", () => body.Seek(0, SeekOrigin.Begin));
            notes.Try("set length", () => body.SetLength(1));
            notes.Try("write", () => body.Write(new byte[1], 0, 1));
            await notes.TryAsync("write later", () => body.WriteAsync(new byte[1], 0, 1));
            notes.Try("flush", () => body.Flush());
            await notes.TryAsync("flush later", () => body.FlushAsync());
            notes.Try("read at once", () => body.Read(new byte[1], 0, 1));
            notes.Try("read a span at once", () => body.Read(new byte[1].AsSpan()));
            notes.Try("read a byte at once", () => body.ReadByte());
            notes.Try("copy at once", () => body.CopyTo(Stream.Null));
            await notes.TryAsync("read cancelled", () => body.ReadAsync(new byte[1], new CancellationToken(true)).AsTask());
            await notes.TryAsync("copy to null", () => body.CopyToAsync(null!));
            await notes.TryAsync("copy", () => body.CopyToAsync(Stream.Null));
        }) { Method = "POST", Body = Bytes("hello") },
        new("synchronous reads where they are allowed", static (context, notes) =>
        {
            context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
            var body = context.Request.Body;
            notes.Try("read a byte", () => body.ReadByte());
            notes.Try("read", () => body.ReadAtLeast(new byte[4], 4));
            notes.Try("read the end", () => body.Read(new byte[4], 0, 4));
            return Task.CompletedTask;
        }) { Method = "POST", Body = Bytes("hello") },
        new("reads by APM", static async (context, notes) =>
        {
            var body = context.Request.Body;
            notes.Add("count", await Task.Factory.FromAsync(body.BeginRead, body.EndRead, new byte[5], 0, 5, null));
        }) { Method = "POST", Body = Bytes("hello") },
        new("zero-byte reads", static async (context, notes) =>
        {
            notes.Add("nothing", await context.Request.Body.ReadAsync(Memory<byte>.Empty));
            notes.Add("all", await new StreamReader(context.Request.Body).ReadToEndAsync());
            notes.Add("nothing at the end", await context.Request.Body.ReadAsync(Memory<byte>.Empty));
        }) { Method = "POST", Body = Bytes("hello") },
        new("the reader", static async (context, notes) =>
        {
            var reader = context.Request.BodyReader;
            var read = await reader.ReadAtLeastAsync(5);
            notes.Add("length", read.Buffer.Length);
            reader.AdvanceTo(read.Buffer.GetPosition(2));
            notes.Add("rest", await new StreamReader(reader.AsStream()).ReadToEndAsync());
        }) { Method = "POST", Body = Bytes("hello") },
        new("the reader advanced without a read", static (context, notes) =>
        {
            notes.Try("advance", () => context.Request.BodyReader.AdvanceTo(default));
            return Task.CompletedTask;
        }) { Method = "POST", Body = Bytes("hello"), Versions = [1] },
        new("the reader completed", static async (context, notes) =>
        {
            var reader = context.Request.BodyReader;
            await reader.CompleteAsync();
            await notes.TryAsync("read", () => reader.ReadAsync().AsTask());
            notes.Try("try to read", () => reader.TryRead(out _));
            await notes.TryAsync("read the stream", () => context.Request.Body.ReadAsync(new byte[1]).AsTask());
        }) { Method = "POST", Body = Bytes("hello") },
        new("a pending read cancelled", static async (context, notes) =>
        {
            var reader = context.Request.BodyReader;
            reader.CancelPendingRead();
            var read = await reader.ReadAsync();
            notes.Add("cancelled", read.IsCanceled);
            reader.AdvanceTo(read.Buffer.Start);
            read = await reader.ReadAtLeastAsync(5);
            notes.Add("then", read.Buffer.Length);
            reader.AdvanceTo(read.Buffer.End);
        }) { Method = "POST", Body = Bytes("hello") },
        new("the stream and the reader by turns", static async (context, notes) =>
        {
            notes.Add("stream", await context.Request.Body.ReadAtLeastAsync(new byte[2], 2));
            var read = await context.Request.BodyReader.ReadAtLeastAsync(3);
            notes.Add("reader", read.Buffer.Length);
            context.Request.BodyReader.AdvanceTo(read.Buffer.GetPosition(1));
            notes.Add("stream again", await new StreamReader(context.Request.Body).ReadToEndAsync());
        }) { Method = "POST", Body = Bytes("hello") },
        new("buffered and read twice", static async (context, notes) =>
        {
            context.Request.EnableBuffering();
            notes.Add("first", await new StreamReader(context.Request.Body).ReadToEndAsync());
            context.Request.Body.Position = 0;
            notes.Add("second", await new StreamReader(context.Request.Body).ReadToEndAsync());
        }) { Method = "POST", Body = Bytes("hello") },
        new("the stream closed", static async (context, notes) =>
        {
            notes.Try("close", () => context.Request.Body.Close());
            await notes.TryAsync("read", () => context.Request.Body.ReadAsync(new byte[1]).AsTask());
        }) { Method = "POST", Body = Bytes("hello") },
        new("read after the response", static async (context, notes) =>
        {
            await context.Response.WriteAsync("four");
            await context.Response.CompleteAsync();
            await notes.TryAsync("read", () => context.Request.Body.ReadAsync(new byte[5]).AsTask());
        }) { Method = "POST", Body = Bytes("hello"), Versions = [1] },
        new("echoed in pieces", static async (context, _) => await context.Request.Body.CopyToAsync(context.Response.Body)) { Method = "POST", Body = Bytes(new string('e', 200_000)) },
        new("a form", static async (context, notes) =>
        {
            notes.Add("type", context.Request.HasFormContentType);
            await notes.TryAsync("read", async () =>
            {
                var form = await context.Request.ReadFormAsync();
                notes.Add("form", string.Join('&', form.Select(static pair => $"{pair.Key}={pair.Value}")));
            });
        }) { Method = "POST", Headers = [("Content-Type", "application/x-www-form-urlencoded")], Body = Bytes("a=1&b=two+words&a=2&c=%C3%A9&d") },
        new("a form of parts", static async (context, notes) => await notes.TryAsync("read", async () =>
        {
            var form = await context.Request.ReadFormAsync();
            notes.Add("form", string.Join('&', form.Select(static pair => $"{pair.Key}={pair.Value}")));
            foreach (var file in form.Files) notes.Add("file", $"{file.Name} {file.FileName} {file.ContentType} {file.Length} {await new StreamReader(file.OpenReadStream()).ReadToEndAsync()}");
        })) { Method = "POST", Headers = [("Content-Type", "multipart/form-data; boundary=b")], Body = Bytes("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.txt\"\r\nContent-Type: text/plain\r\n\r\nfile\r\n--b--\r\n") },
        new("a form cut short", static async (context, notes) => await notes.TryAsync("read", () => context.Request.ReadFormAsync())) { Method = "POST", Headers = [("Content-Type", "multipart/form-data; boundary=b")], Body = Bytes("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1") },
        new("json", static async (context, notes) => notes.Add("json", await context.Request.ReadFromJsonAsync<Dictionary<string, int>>())) { Method = "POST", Headers = [("Content-Type", "application/json")], Body = Bytes("{\"a\":1}") },
        new("json that is none", static (context, notes) => notes.TryAsync("json", () => context.Request.ReadFromJsonAsync<Dictionary<string, int>>().AsTask())) { Method = "POST", Headers = [("Content-Type", "application/json")], Body = Bytes("{\"a\":") },
        new("the query", static (context, notes) =>
        {
            foreach (var (name, values) in context.Request.Query) notes.Add(name, $"{values.Count} {values}");
            return Task.CompletedTask;
        }),
    ];

    private static IEnumerable<BehaviourCase> Limits =>
    [
        .. new[] { 999, 1000, 1001, 5000 }.Select(static length => new BehaviourCase($"{length} bytes where {Limit} are allowed", static async (context, notes) =>
        {
            notes.Add("limit", context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize);
            await notes.TryAsync("read", async () => notes.Add("length", (await new StreamReader(context.Request.Body).ReadToEndAsync()).Length));
            await notes.TryAsync("read again", () => context.Request.Body.ReadAsync(new byte[1]).AsTask());
        }) { Method = "POST", Body = new byte[length] }),
        new("too much, let through", static (context, _) => context.Request.Body.CopyToAsync(Stream.Null)) { Method = "POST", Body = new byte[1001] },
        new("too much, wrapped", static async (context, _) =>
        {
            try
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException("wrapped", exception);
            }
        }) { Method = "POST", Body = new byte[1001] },
        new("too much by the reader", static (context, notes) => notes.TryAsync("read", () => context.Request.BodyReader.ReadAsync().AsTask())) { Method = "POST", Body = new byte[1001] },
        new("too much, never read", static (context, _) => context.Response.WriteAsync("four")) { Method = "POST", Body = new byte[1001] },
        new("too much in chunks", static async (context, notes) => await notes.TryAsync("read", () => context.Request.Body.CopyToAsync(Stream.Null)))
        {
            Method = "POST",
            Versions = [1],
            Client = static async (client, path, seen) =>
            {
                await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: peer\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n{new string('x', 1001)}\r\n0\r\n\r\n");
                seen.AddAll((await client.ReadAsync()).Observe());
            },
        },
        new("the limit raised", static async (context, notes) =>
        {
            var limit = context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
            limit.MaxRequestBodySize = 2000;
            await notes.TryAsync("read", async () => notes.Add("length", (await new StreamReader(context.Request.Body).ReadToEndAsync()).Length));
            notes.Add("read-only", limit.IsReadOnly);
            notes.Try("set after reading", () => limit.MaxRequestBodySize = 1);
        }) { Method = "POST", Body = new byte[2000] },
        new("the limit lowered", static (context, notes) =>
        {
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = 4;
            return notes.TryAsync("read", () => context.Request.Body.CopyToAsync(Stream.Null));
        }) { Method = "POST", Body = Bytes("hello") },
        new("no limit", static async (context, notes) =>
        {
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
            await notes.TryAsync("read", async () => notes.Add("length", (await new StreamReader(context.Request.Body).ReadToEndAsync()).Length));
        }) { Method = "POST", Body = new byte[100_000] },
    ];

    private static IEnumerable<BehaviourCase> Framings =>
    [
        Raw("chunks", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\n\r\n"),
        Raw("chunks with a trailer of UTF-8", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: caf\u00c3\u00a9\r\n\r\n"),
        Raw("chunks with a trailer of Latin-1", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: caf\u00e9\r\n\r\n"),
        Raw("chunks with trailers", "Transfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\nX-U: 2\r\n\r\n"),
        Raw("chunks of a wrong size", "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"),
        Raw("a chunk too long", "Transfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n"),
        Raw("chunks cut short", "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", ends: true),
        Raw("a length cut short", "Content-Length: 10\r\n\r\nhello", ends: true),
        Raw("expected", "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello"),
        Raw("expected something else", "Expect: cookies\r\nContent-Length: 5\r\n\r\nhello"),
        new("expected and sent when told to", static async (context, notes) => notes.Add("body", await new StreamReader(context.Request.Body).ReadToEndAsync()))
        {
            Versions = [1],
            Client = static async (client, path, seen) =>
            {
                await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: peer\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
                seen.Add("told", await client.ReadTextAsync("HTTP/1.1 100 Continue\r\n\r\n".Length));
                await client.SendAsync("hello");
                seen.AddAll((await client.ReadAsync()).Observe());
            },
        },
        new("expected and refused unread", static (context, _) =>
        {
            context.Response.StatusCode = 417;
            return Task.CompletedTask;
        })
        {
            Versions = [1],
            Client = static async (client, path, seen) =>
            {
                await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: peer\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
                seen.AddAll((await client.ReadAsync()).Observe());
                await client.SendAsync("hello");
            },
        },
        new("expected and refused too large", static async (context, notes) => await notes.TryAsync("read", () => context.Request.Body.CopyToAsync(Stream.Null)))
        {
            Versions = [1],
            Client = static async (client, path, seen) =>
            {
                await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: peer\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n");
                seen.AddAll((await client.ReadAsync()).Observe());
            },
        },
        new("trailers of a stream", static async (context, notes) =>
        {
            notes.Add("supported", context.Request.SupportsTrailers());
            notes.Add("declared", context.Request.GetDeclaredTrailers());
            notes.Add("body", await new StreamReader(context.Request.Body).ReadToEndAsync());
            notes.Add("available", context.Request.CheckTrailersAvailable());
            notes.Try("none of the name", () => context.Request.GetTrailer("X-T"));
        }) { Method = "POST", Body = Bytes("hello"), Versions = [2] },
    ];

    private static BehaviourCase Raw(string name, string rest, bool ends = false) => new(name, static async (context, notes) =>
    {
        notes.Add("length", context.Request.ContentLength);
        notes.Add("declared", context.Request.GetDeclaredTrailers());
        notes.Try("trailer too early", () => context.Request.GetTrailer("X-T"));
        await notes.TryAsync("read", async () => notes.Add("body", await new StreamReader(context.Request.Body).ReadToEndAsync()));
        notes.Add("available", context.Request.CheckTrailersAvailable());
        notes.Try("trailer", () => context.Request.GetTrailer("X-T"));
        notes.Try("trailers", () => string.Join(',', context.Features.GetRequiredFeature<IHttpRequestTrailersFeature>().Trailers.Select(static trailer => $"{trailer.Key}={trailer.Value}")));
        await notes.TryAsync("write", () => context.Response.WriteAsync("four"));
    })
    {
        Versions = [1],
        Client = async (client, path, seen) =>
        {
            await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: peer\r\n{rest}");
            if (ends) client.EndSending();
            var answer = await client.ReadAsync();
            seen.AddAll(answer.Observe());
            if (answer.Fault is not null || ends) return;
            await client.SendAsync("GET /next HTTP/1.1\r\nHost: peer\r\n\r\n");
            var next = await client.ReadAsync();
            seen.Add("next", next.Fault ?? $"{next.Status} {next.Text}");
        },
    };

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
