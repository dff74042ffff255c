using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>What endpoints do with the bodies of their responses.</summary>
internal static class ResponseBodyCases
{
    public static IEnumerable<BehaviourCase> All =>
    [
        new("StartAsync", static async (context, notes) =>
        {
            notes.Add("started before", context.Response.HasStarted);
            await context.Response.StartAsync();
            notes.Add("started", context.Response.HasStarted);
            await notes.TryAsync("again", () => context.Response.StartAsync());
            await context.Response.WriteAsync("four");
        }),
        new("CompleteAsync", static async (context, notes) =>
        {
            await context.Response.WriteAsync("four");
            await context.Response.CompleteAsync();
            notes.Add("started", context.Response.HasStarted);
            await notes.TryAsync("again", () => context.Response.CompleteAsync());
            await notes.TryAsync("write", () => context.Response.Body.WriteAsync(new byte[1]).AsTask());
            await notes.TryAsync("write by the writer", () => context.Response.BodyWriter.WriteAsync(new byte[1]).AsTask());
            await notes.TryAsync("flush", () => context.Response.Body.FlushAsync());
            await notes.TryAsync("flush by the writer", () => context.Response.BodyWriter.FlushAsync().AsTask());
            notes.Try("memory", () => context.Response.BodyWriter.GetMemory(1).Length > 0);
            notes.Try("header", () => context.Response.Headers["X-Late"] = "1");
            await notes.TryAsync("start", () => context.Response.StartAsync());
        }),
        new("CompleteAsync without anything", static (context, notes) => notes.TryAsync("complete", () => context.Response.CompleteAsync())),
        new("CompleteAsync short of the length", static (context, notes) =>
        {
            context.Response.ContentLength = 4;
            return notes.TryAsync("complete", () => context.Response.CompleteAsync());
        }),
        new("DisableBuffering", static async (context, notes) =>
        {
            context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
            notes.Add("started", context.Response.HasStarted);
            await context.Response.WriteAsync("four");
        }),
        new("the writer's memory", static async (context, notes) =>
        {
            var writer = context.Response.BodyWriter;
            var memory = writer.GetMemory();
            notes.Add("memory", memory.Length > 0);
            notes.Add("asked memory", writer.GetMemory(10_000).Length >= 10_000);
            notes.Try("negative", () => writer.GetMemory(-1).Length);
            "hello"u8.CopyTo(writer.GetSpan(5));
            writer.Advance(5);
            notes.Add("started before the flush", context.Response.HasStarted);
            notes.Add("can count", writer.CanGetUnflushedBytes);
            notes.Try("unflushed", () => writer.UnflushedBytes);
            notes.Try("too far", () => writer.Advance(1_000_000));
            notes.Try("backwards", () => writer.Advance(-1));
            var flush = await writer.FlushAsync();
            notes.Add("flush", $"{flush.IsCanceled} {flush.IsCompleted}");
            notes.Add("started", context.Response.HasStarted);
            notes.Try("advance without memory", () => writer.Advance(1));
            await writer.WriteAsync(" more"u8.ToArray());
            await writer.CompleteAsync();
            notes.Try("memory after the end", () => writer.GetMemory().Length > 0);
            await notes.TryAsync("write after the end", () => writer.WriteAsync(new byte[1]).AsTask());
        }),
        new("the writer without a flush", static (context, _) =>
        {
            "hello"u8.CopyTo(context.Response.BodyWriter.GetSpan(5));
            context.Response.BodyWriter.Advance(5);
            return Task.CompletedTask;
        }),
        new("the writer and the stream by turns", static async (context, _) =>
        {
            "one "u8.CopyTo(context.Response.BodyWriter.GetSpan(4));
            context.Response.BodyWriter.Advance(4);
            await context.Response.Body.WriteAsync("two "u8.ToArray());
            "three"u8.CopyTo(context.Response.BodyWriter.GetSpan(5));
            context.Response.BodyWriter.Advance(5);
            await context.Response.BodyWriter.FlushAsync();
        }),
        new("the writer's stream", static async (context, notes) =>
        {
            await using (var stream = context.Response.BodyWriter.AsStream()) await stream.WriteAsync("four"u8.ToArray());
            await notes.TryAsync("write after its end", () => context.Response.WriteAsync("more"));
        }),
        new("the writer completed with an exception", static (context, notes) =>
        {
            notes.Try("complete", () => context.Response.BodyWriter.Complete(new InvalidOperationException("mine")));
            return Task.CompletedTask;
        }),
        new("the body's stream", static async (context, notes) =>
        {
            var body = context.Response.Body;
            notes.Add("can", $"{body.CanRead} {body.CanWrite} {body.CanSeek} {body.CanTimeout}");
            notes.Try("length", () => body.Length);
            notes.Try("position", () => body.Position);
            notes.Try("seek", () => body.Seek(0, SeekOrigin.Begin));
            notes.Try("set length", () => body.SetLength(1));
            notes.Try("read", () => body.Read(new byte[1], 0, 1));
            await notes.TryAsync("read later", () => body.ReadAsync(new byte[1], 0, 1));
            notes.Try("write at once", () => body.Write("a"u8));
            notes.Try("write an array at once", () => body.Write("a"u8.ToArray(), 0, 1));
            notes.Try("flush at once", () => body.Flush());
            notes.Try("write a byte at once", () => body.WriteByte(65));
            await notes.TryAsync("write null", () => body.WriteAsync(null!, 0, 1));
            await notes.TryAsync("write", () => body.WriteAsync("b"u8.ToArray(), 0, 1));
            await notes.TryAsync("write cancelled", () => body.WriteAsync(new byte[1], new CancellationToken(true)).AsTask());
            await notes.TryAsync("flush cancelled", () => body.FlushAsync(new CancellationToken(true)));
        }),
        new("synchronous writes where they are allowed", static (context, notes) =>
        {
            context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
            var body = context.Response.Body;
            notes.Try("write", () => body.Write("a"u8));
            notes.Try("write an array", () => body.Write("b"u8.ToArray(), 0, 1));
            notes.Try("write a byte", () => body.WriteByte(65));
            notes.Try("flush", () => body.Flush());
            return Task.CompletedTask;
        }),
        new("writes by APM", static async (context, notes) =>
        {
            var body = context.Response.Body;
            await notes.TryAsync("write", () => Task.Factory.FromAsync(body.BeginWrite, body.EndWrite, "four"u8.ToArray(), 0, 4, null));
        }),
        new("the body's stream closed", static async (context, notes) =>
        {
            await context.Response.WriteAsync("four");
            notes.Try("close", () => context.Response.Body.Close());
            await notes.TryAsync("write", () => context.Response.WriteAsync("more"));
        }),
        new("a body replaced and put back", static async (context, _) =>
        {
            var original = context.Response.Body;
            var buffer = new MemoryStream();
            context.Response.Body = buffer;
            await context.Response.WriteAsync("buffered");
            context.Response.Body = original;
            context.Response.ContentLength = buffer.Length;
            buffer.Position = 0;
            await buffer.CopyToAsync(context.Response.Body);
        }),
        new("Clear before the start", static async (context, notes) =>
        {
            context.Response.StatusCode = 404;
            context.Response.Headers["X-Gone"] = "1";
            notes.Try("clear", () => context.Response.Clear());
            await context.Response.WriteAsync("four");
        }),
        new("to a HEAD in pieces", static async (context, notes) =>
        {
            await notes.TryAsync("write", () => context.Response.WriteAsync("four"));
            await notes.TryAsync("flush", () => context.Response.Body.FlushAsync());
            await notes.TryAsync("write more", () => context.Response.WriteAsync("five"));
        }) { Method = "HEAD" },
        new("flush alone", static (context, notes) => notes.TryAsync("flush", () => context.Response.Body.FlushAsync())),
        new("flush before HEAD's end", static (context, notes) => notes.TryAsync("flush", () => context.Response.Body.FlushAsync())) { Method = "HEAD" },
    ];
}
