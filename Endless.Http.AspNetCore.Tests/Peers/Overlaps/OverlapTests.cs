using System.Text;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>Writes of one response that are begun before others have ended: an application's mistake that Kestrel lets pass.</summary>
public sealed class OverlapTests
{
    private static readonly BehaviourCase[] Cases =
    [
        new("two small writes", static async (context, notes) =>
        {
            var first = context.Response.Body.WriteAsync(Bytes('a', 100)).AsTask();
            var second = context.Response.Body.WriteAsync(Bytes('b', 100)).AsTask();
            await notes.TryAsync("first", () => first);
            await notes.TryAsync("second", () => second);
        }),
        new("two large writes", static async (context, notes) =>
        {
            var first = context.Response.Body.WriteAsync(Bytes('a', 700_000)).AsTask();
            var second = context.Response.Body.WriteAsync(Bytes('a', 500_000)).AsTask();
            await notes.TryAsync("first", () => first);
            await notes.TryAsync("second", () => second);
        }),
        new("two large writes with a length", static async (context, notes) =>
        {
            context.Response.ContentLength = 1_200_000;
            var first = context.Response.Body.WriteAsync(Bytes('a', 700_000)).AsTask();
            var second = context.Response.Body.WriteAsync(Bytes('a', 500_000)).AsTask();
            await notes.TryAsync("both", () => Task.WhenAll(first, second));
        }),
        new("two large writes of the writer", static async (context, notes) =>
        {
            var first = context.Response.BodyWriter.WriteAsync(Bytes('a', 700_000)).AsTask();
            var second = context.Response.BodyWriter.WriteAsync(Bytes('a', 500_000)).AsTask();
            await notes.TryAsync("first", () => first);
            await notes.TryAsync("second", () => second);
        }),
        new("a flush beside a write", static async (context, notes) =>
        {
            var write = context.Response.Body.WriteAsync(Bytes('a', 700_000)).AsTask();
            var flush = context.Response.Body.FlushAsync();
            await notes.TryAsync("write", () => write);
            await notes.TryAsync("flush", () => flush);
        }),
        new("twenty writes", static async (context, notes) =>
        {
            var writes = Enumerable.Range(0, 20).Select(_ => context.Response.Body.WriteAsync(Bytes('a', 50_000)).AsTask()).ToArray();
            await notes.TryAsync("all", () => Task.WhenAll(writes));
        }),
        new("writes behind a large one", static async (context, notes) =>
        {
            var writes = new[] { 700_000, 1000, 10, 1000, 100_000, 1 }.Select((count, number) => context.Response.Body.WriteAsync(Bytes((char)('a' + number), count)).AsTask()).ToArray();
            await notes.TryAsync("all", () => Task.WhenAll(writes));
        }),
        new("writes whose memory is used again at once", static async (context, notes) =>
        {
            var memory = Bytes('a', 1000);
            var first = context.Response.Body.WriteAsync(Bytes('a', 700_000)).AsTask();
            var second = context.Response.Body.WriteAsync(memory).AsTask();
            memory.AsSpan().Fill((byte)'b');
            await notes.TryAsync("both", () => Task.WhenAll(first, second));
        }),
        new("a write behind a large one, cancelled", static async (context, notes) =>
        {
            using var cancellation = new CancellationTokenSource();
            var first = context.Response.Body.WriteAsync(Bytes('a', 700_000)).AsTask();
            cancellation.Cancel();
            await notes.TryAsync("second", () => context.Response.Body.WriteAsync(Bytes('b', 1000), cancellation.Token).AsTask());
            await notes.TryAsync("first", () => first);
        }),
        new("the second write is not waited for", static async (context, notes) =>
        {
            var first = context.Response.Body.WriteAsync(Bytes('a', 700_000)).AsTask();
            _ = context.Response.Body.WriteAsync(Bytes('a', 100)).AsTask();
            await notes.TryAsync("first", () => first);
        }),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Writes_at_once_come_through_alike(int version) => Explanation.AssertAll(await BehaviourHost.CompareAsync(Cases, version), CommonExplanations.All);

    private static byte[] Bytes(char letter, int count) => Encoding.ASCII.GetBytes(new string(letter, count));
}
