using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Endless.Http.Tests.Programs;

/// <summary>Consumers of <see cref="Request.BodyStream"/>, of every kind that .NET has.</summary>
internal static partial class StreamPrograms
{
    public static IEnumerable<StormProgram> All =>
    [
        new("copy-1", (w, r, v) => CopyAsync(w, r, v, 1)) { MaxBody = 5_000, ReadsAll = true, Check = StormProgram.Echo },
        new("copy-7", (w, r, v) => CopyAsync(w, r, v, 7)) { MaxBody = 20_000, ReadsAll = true, Check = StormProgram.Echo },
        new("copy-4k", (w, r, v) => CopyAsync(w, r, v, 4096)) { Weight = 30, ReadsAll = true, Check = StormProgram.Echo },
        new("copy", (w, r, v) => CopyAsync(w, r, v, 81_920)) { Weight = 30, ReadsAll = true, Check = StormProgram.Echo },
        new("copy-1m", (w, r, v) => CopyAsync(w, r, v, 1 << 20)) { ReadsAll = true, Check = StormProgram.Echo },
        new("hash", HashAsync) { Weight = 20, ReadsAll = true, Check = StormProgram.Exactly(v => Encoding.ASCII.GetBytes(Convert.ToHexString(SHA256.HashData(v.Sent)))) },
        new("lines", LinesAsync) { ReadsAll = true, Check = StormProgram.Echo },
        new("json", JsonAsync) { ReadsAll = true, Body = Orders, Check = StormProgram.Exactly(v => Encoding.ASCII.GetBytes($"{v.Id} {v.Length / 40}")) },
        new("gzip", GzipAsync) { ReadsAll = true, Body = Zipped, Check = StormProgram.Exactly(v => Tagged.Make(v.Id, Tagged.Request, v.Length)) },
        new("read-exactly", ReadExactlyAsync) { ReadsAll = true, Check = StormProgram.Echo },
        new("read-sync", ReadSync) { ReadsAll = true, Check = StormProgram.Echo },
        new("read-byte", ReadByteSync) { MaxBody = 3_000, Weight = 5, ReadsAll = true, Check = StormProgram.Echo },
    ];

    private static async Task CopyAsync(ResponseWriter w, Request r, Visit visit, int bufferSize)
    {
        var copy = new MemoryStream();
        await r.BodyStream.CopyToAsync(copy, bufferSize);
        await Replies.SendAsync(w, visit, copy.ToArray());
    }

    private static async Task HashAsync(ResponseWriter w, Request r, Visit visit) =>
        await w.WriteAsync(Convert.ToHexString(await SHA256.HashDataAsync(r.BodyStream)));

    private static async Task LinesAsync(ResponseWriter w, Request r, Visit visit)
    {
        using var reader = new StreamReader(r.BodyStream, Encoding.ASCII, bufferSize: 128 << visit.Next(6));
        var text = new StringBuilder();
        // Every line of the bytes but the last ends with a line feed.
        while (await reader.ReadLineAsync() is { } line) text.Append(line).Append('\n');
        if (visit.Sent.Length % Tagged.Line != 0) text.Length--;
        await Replies.SendAsync(w, visit, Encoding.ASCII.GetBytes(text.ToString()));
    }

    private static async Task JsonAsync(ResponseWriter w, Request r, Visit visit)
    {
        var orders = (await JsonSerializer.DeserializeAsync(r.BodyStream, OrdersJson.Default.OrderArray))!;
        for (var i = 0; i < orders.Length; i++)
            if (orders[i] != new Order(visit.Id, i, "order")) throw new InvalidDataException($"Order {i} is {orders[i]}.");
        await w.WriteAsync($"{visit.Id} {orders.Length}");
    }

    private static byte[] Orders(Visit visit) => JsonSerializer.SerializeToUtf8Bytes([.. Enumerable.Range(0, visit.Length / 40).Select(i => new Order(visit.Id, i, "order"))], OrdersJson.Default.OrderArray);

    private static async Task GzipAsync(ResponseWriter w, Request r, Visit visit)
    {
        await using var unzipped = new GZipStream(r.BodyStream, CompressionMode.Decompress);
        var copy = new MemoryStream();
        await unzipped.CopyToAsync(copy);
        await r.BodyStream.CopyToAsync(Stream.Null); // GZipStream need not look for the end behind its last byte
        await Replies.SendAsync(w, visit, copy.ToArray());
    }

    private static byte[] Zipped(Visit visit)
    {
        var zipped = new MemoryStream();
        using (var stream = new GZipStream(zipped, CompressionLevel.Fastest)) stream.Write(Tagged.Make(visit.Id, Tagged.Request, visit.Length));
        return zipped.ToArray();
    }

    private static async Task ReadExactlyAsync(ResponseWriter w, Request r, Visit visit)
    {
        var body = new byte[visit.Sent.Length];
        for (var at = 0; at < body.Length;)
        {
            var count = Math.Min(body.Length - at, 1 + visit.Next(10_000));
            if (visit.Next(2) == 0) await r.BodyStream.ReadExactlyAsync(body.AsMemory(at, count));
            else count = await r.BodyStream.ReadAtLeastAsync(body.AsMemory(at, count), count / 2);
            at += count;
        }
        if (await r.BodyStream.ReadAsync(new byte[10]) is > 0 and var more) throw new InvalidDataException($"{more} bytes behind the end.");
        await Replies.SendAsync(w, visit, body);
    }

    private static Task ReadSync(ResponseWriter w, Request r, Visit visit)
    {
        var body = new MemoryStream();
        var buffer = new byte[1 + visit.Next(5_000)];
        while (r.BodyStream.Read(buffer) is > 0 and var count) body.Write(buffer.AsSpan(0, count));
        w.Write(body.ToArray());
        return Task.CompletedTask;
    }

    private static Task ReadByteSync(ResponseWriter w, Request r, Visit visit)
    {
        var body = new MemoryStream();
        for (int b; (b = r.BodyStream.ReadByte()) >= 0;) body.WriteByte((byte)b);
        w.Write(body.ToArray());
        return Task.CompletedTask;
    }

    internal sealed record Order(long Id, int Number, string Name);

    [JsonSerializable(typeof(Order[]))]
    private sealed partial class OrdersJson : JsonSerializerContext;
}
