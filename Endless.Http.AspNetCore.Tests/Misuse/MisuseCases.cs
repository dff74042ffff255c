using Endless.Http.AspNetCore.Tests.Peers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Endless.Http.AspNetCore.Tests.Misuse;

/// <summary>What an endpoint may not do while its request lasts: each server must answer it with the same exception.</summary>
internal static class MisuseCases
{
    public static IReadOnlyList<BehaviourCase> All { get; } =
    [
        new("writes after completion", static async (context, notes) =>
        {
            await context.Response.WriteAsync("four");
            await context.Response.CompleteAsync();
            await notes.TryAsync("write", () => context.Response.WriteAsync("more"));
            notes.Try("advance", () =>
            {
                context.Response.BodyWriter.GetMemory(4);
                context.Response.BodyWriter.Advance(4);
            });
        }),
        new("completes twice", static async (context, notes) =>
        {
            await context.Response.WriteAsync("four");
            await notes.TryAsync("first", () => context.Response.CompleteAsync());
            await notes.TryAsync("second", () => context.Response.CompleteAsync());
            await notes.TryAsync("writer", () => context.Response.BodyWriter.CompleteAsync().AsTask());
        }),
        new("aborts, then writes", static async (context, notes) =>
        {
            context.Abort();
            await notes.TryAsync("write", () => context.Response.WriteAsync("four"));
            await notes.TryAsync("flush", () => context.Response.Body.FlushAsync());
            notes.Try("memory", () => context.Response.BodyWriter.GetMemory(10).Length > 0);
            notes.Try("header", () => context.Response.Headers["X-Late"] = "1");
        }) { Client = static (client, path, seen) => GoneAsync(client, path, seen) },
        new("writes to memory it gave back", static async (context, notes) =>
        {
            var memory = context.Response.BodyWriter.GetMemory(10);
            "mine"u8.CopyTo(memory.Span);
            context.Response.BodyWriter.Advance(4);
            await context.Response.BodyWriter.FlushAsync();
            notes.Try("advance", () => context.Response.BodyWriter.Advance(1));
        }),
        new("reads the body while it is read", static async (context, notes) =>
        {
            await context.Response.Body.FlushAsync();
            var first = context.Request.BodyReader.ReadAsync();
            notes.Add("first", first.IsCompleted);
            await notes.TryAsync("second", () => context.Request.BodyReader.ReadAsync().AsTask());
            context.Request.BodyReader.CancelPendingRead();
            notes.Add("cancelled", (await first).IsCanceled);
        })
        {
            Versions = [1],
            Client = static async (client, path, seen) =>
            {
                await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: peer\r\nContent-Length: 5\r\n\r\n");
                await client.ReadTextAsync(12);
                seen.Add("sent", "nothing");
            },
        },
        new("reads twice without AdvanceTo", static async (context, notes) =>
        {
            await context.Request.BodyReader.ReadAsync();
            await notes.TryAsync("second", () => context.Request.BodyReader.ReadAsync().AsTask());
        }) { Method = "POST", Body = [1, 2, 3], Client = static (client, path, seen) => SentAsync(client, path, seen) },
        new("sets everything late", static async (context, notes) =>
        {
            await context.Response.StartAsync();
            notes.Try("status", () => context.Response.StatusCode = 500);
            notes.Try("header", () => context.Response.Headers["X-Late"] = "1");
            notes.Try("on starting", () => context.Response.OnStarting(static () => Task.CompletedTask));
            notes.Try("size", () => context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = 1);
        }),
    ];

    private static async Task GoneAsync(RawClient client, string path, Observation seen)
    {
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: peer\r\n\r\n");
        seen.Add("fault", (await client.ReadAsync()).Fault);
    }

    private static async Task SentAsync(RawClient client, string path, Observation seen)
    {
        await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: peer\r\nContent-Length: 3\r\n\r\nabc");
        seen.Add("status", (await client.ReadAsync()).Status);
    }
}
