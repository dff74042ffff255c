using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Endless.Http.AspNetCore.Tests.Misuse;

/// <summary>What is done with a request that is over, from a task that nobody waits for. Each takes what it can while the request lasts, and returns what it does later.</summary>
internal static class LateUses
{
    public static IReadOnlyList<(string Name, Func<HttpContext, Func<Task>> Prepare)> All { get; } =
    [
        ("write", static context => () => context.Response.WriteAsync("FOREIGN")),
        ("write to the kept stream", static context =>
        {
            var body = context.Response.Body;
            return () => body.WriteAsync("FOREIGN"u8.ToArray()).AsTask();
        }),
        ("write to the kept writer", static context =>
        {
            var writer = context.Response.BodyWriter;
            return () => writer.WriteAsync("FOREIGN"u8.ToArray()).AsTask();
        }),
        ("memory that was given", static context =>
        {
            var memory = context.Response.BodyWriter.GetMemory(64);
            "four"u8.CopyTo(memory.Span);
            context.Response.BodyWriter.Advance(4);
            return static () => Task.CompletedTask;
        }),
        ("advance the kept writer", static context =>
        {
            var writer = context.Response.BodyWriter;
            return () =>
            {
                "FOREIGN"u8.CopyTo(writer.GetSpan(7));
                writer.Advance(7);
                return writer.FlushAsync().AsTask();
            };
        }),
        ("read the kept stream", static context =>
        {
            var body = context.Request.Body;
            return () => body.ReadAsync(new byte[100]).AsTask();
        }),
        ("read by the kept reader", static context =>
        {
            var reader = context.Request.BodyReader;
            return async () =>
            {
                var read = await reader.ReadAsync();
                reader.AdvanceTo(read.Buffer.End);
            };
        }),
        ("read", static context => () => context.Request.Body.ReadAsync(new byte[100]).AsTask()),
        ("set a header", static context => () =>
        {
            context.Response.Headers["X-Foreign"] = "FOREIGN";
            return Task.CompletedTask;
        }),
        ("set a kept header", static context =>
        {
            var headers = context.Response.Headers;
            return () =>
            {
                headers["X-Foreign"] = "FOREIGN";
                return Task.CompletedTask;
            };
        }),
        ("set the kept status", static context =>
        {
            var response = context.Features.GetRequiredFeature<IHttpResponseFeature>();
            return () =>
            {
                response.StatusCode = 599;
                return Task.CompletedTask;
            };
        }),
        ("set kept request headers", static context =>
        {
            var headers = context.Request.Headers;
            return () =>
            {
                headers["X-Who"] = "FOREIGN";
                return Task.CompletedTask;
            };
        }),
        ("items", static context => () =>
        {
            context.Items["who"] = "FOREIGN";
            return Task.CompletedTask;
        }),
        ("kept items", static context =>
        {
            var items = context.Items;
            return () =>
            {
                items["who"] = "FOREIGN";
                return Task.CompletedTask;
            };
        }),
        ("register a callback", static context =>
        {
            var response = context.Features.GetRequiredFeature<IHttpResponseFeature>();
            return () =>
            {
                response.OnStarting(static _ => throw new InvalidOperationException("FOREIGN"), response);
                return Task.CompletedTask;
            };
        }),
        ("complete", static context =>
        {
            var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
            return () => body.CompleteAsync();
        }),
        ("start", static context =>
        {
            var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
            return () => body.StartAsync();
        }),
        ("abort", static context =>
        {
            var lifetime = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
            return () =>
            {
                lifetime.Abort();
                return Task.CompletedTask;
            };
        }),
        ("limit", static context =>
        {
            var limit = context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
            return () =>
            {
                limit.MaxRequestBodySize = 0;
                return Task.CompletedTask;
            };
        }),
        ("replace a feature", static context =>
        {
            var features = context.Features;
            return () =>
            {
                features.Set<IHttpRequestBodyDetectionFeature>(null);
                return Task.CompletedTask;
            };
        }),
        ("send a file", static context =>
        {
            var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
            return () => body.SendFileAsync(typeof(LateUses).Assembly.Location, 0, 100);
        }),
        ("upgrade", static context =>
        {
            var upgrade = context.Features.GetRequiredFeature<IHttpUpgradeFeature>();
            return () => upgrade.UpgradeAsync();
        }),
    ];
}
