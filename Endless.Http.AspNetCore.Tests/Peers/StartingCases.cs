using Microsoft.AspNetCore.Http;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>Callbacks at the start and the end of a response, and exceptions wherever they can be thrown.</summary>
internal static class StartingCases
{
    public static IEnumerable<BehaviourCase> All =>
    [
        new("callbacks' order", static async (context, notes) =>
        {
            for (var number = 1; number <= 3; number++)
            {
                var current = number;
                context.Response.OnStarting(() =>
                {
                    notes.Add("starting", $"{current} {context.Response.HasStarted}");
                    context.Response.Headers["X-Order"] = $"{context.Response.Headers["X-Order"]}{current}";
                    return Task.CompletedTask;
                });
                context.Response.OnCompleted(() =>
                {
                    notes.Add("completed", $"{current} {context.Response.HasStarted}");
                    return Task.CompletedTask;
                });
            }
            notes.Add("before", "the write");
            await context.Response.WriteAsync("four");
            notes.Add("after", "the write");
            await context.Response.WriteAsync("five");
        }),
        new("callbacks without a write", static (context, notes) =>
        {
            context.Response.OnStarting(() =>
            {
                notes.Add("starting", context.Response.StatusCode);
                context.Response.StatusCode = 202;
                return Task.CompletedTask;
            });
            context.Response.OnCompleted(() =>
            {
                notes.Add("completed", context.Response.StatusCode);
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        }),
        new("a callback registered by a callback", static (context, notes) =>
        {
            context.Response.OnStarting(() =>
            {
                notes.Add("starting", "outer");
                notes.Try("register", () => context.Response.OnStarting(() =>
                {
                    notes.Add("starting", "inner");
                    return Task.CompletedTask;
                }));
                return Task.CompletedTask;
            });
            return context.Response.WriteAsync("four");
        }),
        new("a callback that waits", static async (context, notes) =>
        {
            context.Response.OnStarting(async () =>
            {
                await Task.Yield();
                notes.Add("starting", "yielded");
                context.Response.Headers["X-Late"] = "1";
            });
            await context.Response.WriteAsync("four");
            notes.Add("written", context.Response.HasStarted);
        }),
        new("a callback that writes", static async (context, notes) =>
        {
            context.Response.OnStarting(async () =>
            {
                notes.Add("starting", "once");
                await notes.TryAsync("write", () => context.Response.WriteAsync("in the callback "));
            });
            await context.Response.WriteAsync("four");
        }),
        new("a callback at HEAD", static (context, notes) =>
        {
            context.Response.OnStarting(() =>
            {
                notes.Add("starting", "once");
                context.Response.Headers["X-Set"] = "1";
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        }) { Method = "HEAD" },
        new("a callback with the writer", static async (context, notes) =>
        {
            context.Response.OnStarting(() =>
            {
                notes.Add("starting", "once");
                context.Response.Headers["X-Set"] = "1";
                return Task.CompletedTask;
            });
            "four"u8.CopyTo(context.Response.BodyWriter.GetSpan(4));
            context.Response.BodyWriter.Advance(4);
            notes.Add("advanced", context.Response.HasStarted);
            await context.Response.BodyWriter.FlushAsync();
            notes.Add("flushed", context.Response.HasStarted);
        }),
        new("a throw in OnStarting", static async (context, notes) =>
        {
            context.Response.OnStarting(static () => throw new InvalidOperationException("in starting"));
            context.Response.OnStarting(() =>
            {
                notes.Add("starting", "the other");
                return Task.CompletedTask;
            });
            await notes.TryAsync("write", () => context.Response.WriteAsync("four"));
            notes.Add("started", context.Response.HasStarted);
        }),
        new("a throw in OnStarting without a write", static (context, _) =>
        {
            context.Response.OnStarting(static () => throw new InvalidOperationException("in starting"));
            return Task.CompletedTask;
        }),
        new("a throw in OnStarting let through", static async (context, _) =>
        {
            context.Response.OnStarting(static async () =>
            {
                await Task.Yield();
                throw new BadHttpRequestException("in starting", 409);
            });
            await context.Response.WriteAsync("four");
        }),
        new("a throw in OnStarting by StartAsync", static async (context, notes) =>
        {
            context.Response.OnStarting(static () => throw new InvalidOperationException("in starting"));
            await notes.TryAsync("start", () => context.Response.StartAsync());
            await notes.TryAsync("write", () => context.Response.WriteAsync("four"));
        }),
        new("a throw in OnCompleted", static async (context, notes) =>
        {
            context.Response.OnCompleted(() =>
            {
                notes.Add("completed", "the first");
                return Task.CompletedTask;
            });
            context.Response.OnCompleted(static () => throw new InvalidOperationException("in completed"));
            await context.Response.WriteAsync("four");
        }),
        new("a throw before the start", static (_, _) => throw new InvalidOperationException("before")),
        new("a throw before the start, with headers", static (context, notes) =>
        {
            context.Response.StatusCode = 201;
            context.Response.Headers["X-Gone"] = "1";
            context.Response.ContentLength = 9;
            context.Response.OnStarting(() =>
            {
                notes.Add("starting", context.Response.StatusCode);
                return Task.CompletedTask;
            });
            context.Response.OnCompleted(() =>
            {
                notes.Add("completed", context.Response.StatusCode);
                return Task.CompletedTask;
            });
            throw new InvalidOperationException("before");
        }),
        new("a throw before the start to HEAD", static (_, _) => throw new InvalidOperationException("before")) { Method = "HEAD" },
        new("a throw after what is not flushed", static (context, _) =>
        {
            "four"u8.CopyTo(context.Response.BodyWriter.GetSpan(4));
            context.Response.BodyWriter.Advance(4);
            throw new InvalidOperationException("unflushed");
        }),
        new("a throw after the start", static async (context, notes) =>
        {
            context.Response.OnCompleted(() =>
            {
                notes.Add("completed", context.Response.StatusCode);
                return Task.CompletedTask;
            });
            await context.Response.WriteAsync("four");
            await context.Response.Body.FlushAsync();
            throw new InvalidOperationException("after");
        }),
        new("a throw after the start, with a length", static async (context, _) =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("four");
            throw new InvalidOperationException("after");
        }),
        new("a throw after CompleteAsync", static async (context, _) =>
        {
            await context.Response.WriteAsync("four");
            await context.Response.CompleteAsync();
            throw new InvalidOperationException("after");
        }),
        .. new[] { 400, 408, 413, 414, 431, 500, 418 }.Select(static status => new BehaviourCase($"a bad request of {status}", (_, _) => throw new BadHttpRequestException("mine", status))),
        new("a bad request after the start", static async (context, _) =>
        {
            await context.Response.WriteAsync("four");
            throw new BadHttpRequestException("mine", 413);
        }),
        new("a bad request wrapped", static (_, _) => throw new InvalidOperationException("outer", new BadHttpRequestException("mine", 413))),
        new("a cancelled request", static (_, _) => throw new OperationCanceledException("mine")),
        new("an io exception", static (_, _) => throw new IOException("mine")),
        new("services and disposal", static (context, notes) =>
        {
            context.Response.RegisterForDispose(new Disposed(() => notes.Add("disposed", "first registered")));
            context.Response.RegisterForDispose(new Disposed(() => notes.Add("disposed", "second registered")));
            context.Response.OnCompleted(() =>
            {
                notes.Add("completed", "third registered");
                return Task.CompletedTask;
            });
            notes.Add("items", context.Items.Count);
            context.Items["mine"] = 1;
            notes.Add("session", context.Features.Get<Microsoft.AspNetCore.Http.Features.ISessionFeature>());
            notes.Add("user", context.User.Identity?.Name);
            return Task.CompletedTask;
        }),
    ];

    private sealed class Disposed(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
