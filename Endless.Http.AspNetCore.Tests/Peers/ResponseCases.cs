using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>What endpoints do with statuses, headers and bodies.</summary>
internal static class ResponseCases
{
    public static IEnumerable<BehaviourCase> All => [.. Statuses, .. Lengths, .. HeaderCases, .. Bodies];

    private static IEnumerable<BehaviourCase> Statuses
    {
        get
        {
            foreach (var status in new[] { 200, 201, 204, 205, 206, 299, 300, 301, 304, 400, 404, 418, 451, 499, 500, 503, 599, 600, 999 })
            {
                foreach (var method in new[] { "GET", "HEAD", "POST" })
                {
                    yield return new($"status {status} without a body to {method}", (context, _) =>
                    {
                        context.Response.StatusCode = status;
                        return Task.CompletedTask;
                    })
                    { Method = method };
                    yield return new($"status {status} with a body to {method}", (context, notes) =>
                    {
                        context.Response.StatusCode = status;
                        return notes.TryAsync("write", () => context.Response.WriteAsync("body"));
                    })
                    { Method = method };
                    // Kestrel never answers.
                    if (status is 204 or 205 && method == "HEAD") continue;
                    yield return new($"status {status} with a length to {method}", (context, notes) =>
                    {
                        context.Response.StatusCode = status;
                        context.Response.ContentLength = 4;
                        return notes.TryAsync("write", () => context.Response.WriteAsync("body"));
                    })
                    { Method = method };
                }
            }
            yield return new("a reason of one's own", static (context, _) =>
            {
                context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = "Mine Alone";
                return context.Response.WriteAsync("body");
            });
        }
    }

    private static IEnumerable<BehaviourCase> Lengths =>
    [
        new("too long", static async (context, notes) =>
        {
            context.Response.ContentLength = 3;
            await notes.TryAsync("write", () => context.Response.WriteAsync("four"));
        }),
        new("too long in the second write", static async (context, notes) =>
        {
            context.Response.ContentLength = 3;
            await notes.TryAsync("write", () => context.Response.WriteAsync("abc"));
            await notes.TryAsync("write more", () => context.Response.WriteAsync("d"));
        }),
        new("too short", static (context, notes) =>
        {
            context.Response.ContentLength = 10;
            return notes.TryAsync("write", () => context.Response.WriteAsync("four"));
        }),
        new("nothing of a length", static (context, _) =>
        {
            context.Response.ContentLength = 10;
            return Task.CompletedTask;
        }),
        new("nothing of a length to HEAD", static (context, _) =>
        {
            context.Response.ContentLength = 10;
            return Task.CompletedTask;
        }) { Method = "HEAD" },
        new("more than a length to HEAD", static (context, notes) =>
        {
            context.Response.ContentLength = 1;
            return notes.TryAsync("write", () => context.Response.WriteAsync("four"));
        }) { Method = "HEAD" },
        new("length zero and a body", static (context, notes) =>
        {
            context.Response.ContentLength = 0;
            return notes.TryAsync("write", () => context.Response.WriteAsync("four"));
        }),
        new("length negative", static (context, notes) =>
        {
            notes.Try("set", () => context.Response.ContentLength = -1);
            return Task.CompletedTask;
        }),
        new("length in words", static (context, notes) =>
        {
            notes.Try("set", () => context.Response.Headers.ContentLength = 5);
            notes.Try("set in words", () => context.Response.Headers["Content-Length"] = "five");
            notes.Try("set in digits", () => context.Response.Headers["Content-Length"] = "4");
            notes.Add("length", context.Response.ContentLength);
            return context.Response.WriteAsync("four");
        }),
        new("length with too many exception after", static async (context, notes) =>
        {
            context.Response.ContentLength = 4;
            await context.Response.WriteAsync("four");
            notes.Add("done", true);
            throw new InvalidOperationException("after the whole response");
        }) { Versions = [1] },
        new("chunked by the application", static (context, notes) =>
        {
            context.Response.Headers.TransferEncoding = "chunked";
            return notes.TryAsync("write", () => context.Response.WriteAsync("4\r\nfour\r\n0\r\n\r\n"));
        }) { Versions = [1] },
        new("transfer-encoding and length", static (context, notes) =>
        {
            context.Response.Headers.TransferEncoding = "chunked";
            context.Response.ContentLength = 14;
            return notes.TryAsync("write", () => context.Response.WriteAsync("4\r\nfour\r\n0\r\n\r\n"));
        }) { Versions = [1] },
        new("no length, empty writes", static async (context, _) =>
        {
            await context.Response.Body.WriteAsync(ReadOnlyMemory<byte>.Empty);
            await context.Response.WriteAsync("");
        }),
        new("no length, one write", static (context, _) => context.Response.WriteAsync("four")),
        new("no length, many writes", static async (context, _) =>
        {
            for (var count = 0; count < 50; count++) await context.Response.WriteAsync($"line {count}\n");
        }),
        new("no length, a large write", static (context, _) => context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(new string('x', 300_000))).AsTask()),
        new("no length to a client of HTTP/1.0", static (context, _) => context.Response.WriteAsync("four"))
        {
            Versions = [1],
            Client = static async (client, path, seen) =>
            {
                await client.SendAsync($"GET {path} HTTP/1.0\r\n\r\n");
                seen.AddAll((await client.ReadAsync()).Observe());
            },
        },
        new("connection close by the application", static (context, _) =>
        {
            context.Response.Headers.Connection = "close";
            return context.Response.WriteAsync("four");
        }) { Versions = [1] },
        new("connection close by the client", static (context, _) => context.Response.WriteAsync("four")) { Headers = [("Connection", "close")], Versions = [1] },
        new("keep-alive by a client of HTTP/1.0", static (context, _) =>
        {
            context.Response.ContentLength = 4;
            return context.Response.WriteAsync("four");
        })
        {
            Versions = [1],
            Client = static async (client, path, seen) =>
            {
                await client.SendAsync($"GET {path} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
                seen.AddAll((await client.ReadAsync()).Observe());
                await client.SendAsync("GET /next HTTP/1.1\r\nHost: peer\r\n\r\n");
                var next = await client.ReadAsync();
                seen.Add("next", next.Fault ?? next.Text);
            },
        },
    ];

    private static IEnumerable<BehaviourCase> HeaderCases =>
    [
        new("headers of one's own", static (context, _) =>
        {
            var headers = context.Response.Headers;
            headers["X-One"] = "1";
            headers["X-Two"] = new[] { "a", "b" };
            headers["x-lower"] = "l";
            headers.Append("X-Two", "c");
            headers["X-Empty"] = "";
            headers["X-Null"] = (string?)null;
            headers.Server = "mine";
            headers.Date = "today";
            headers.ContentType = "text/odd";
            headers.ETag = "\"1\"";
            headers.SetCookie = new[] { "a=1", "b=2" };
            headers["X-Gone"] = "1";
            headers.Remove("X-Gone");
            return context.Response.WriteAsync("four");
        }),
        new("response headers' dictionary", static (context, notes) =>
        {
            var headers = context.Response.Headers;
            IDictionary<string, StringValues> dictionary = headers;
            headers["X-One"] = "1";
            notes.Try("add again", () => dictionary.Add("X-One", "2"));
            notes.Try("add known again", () =>
            {
                dictionary.Add("ETag", "1");
                dictionary.Add("etag", "2");
            });
            notes.Add("missing", headers["X-Missing"].Count);
            notes.Add("get", headers.TryGetValue("x-one", out var value) + value.ToString());
            notes.Add("contains", headers.ContainsKey("X-ONE"));
            notes.Add("count", headers.Count);
            notes.Add("keys", string.Join(',', headers.Keys.Order()));
            notes.Try("null name", () => headers[null!] = "a");
            notes.Try("empty name", () => headers[""] = "a");
            notes.Add("remove pair of another value", headers.Remove(new KeyValuePair<string, StringValues>("X-One", "9")));
            notes.Add("remove pair", headers.Remove(new KeyValuePair<string, StringValues>("X-One", "1")));
            notes.Add("count after", headers.Count);
            headers.Clear();
            notes.Add("count cleared", headers.Count);
            notes.Add("read-only", headers.IsReadOnly);
            var copied = new KeyValuePair<string, StringValues>[2];
            headers["X-Copied"] = "c";
            headers.CopyTo(copied, 1);
            notes.Add("copied", copied[1].Key + copied[1].Value);
            return Task.CompletedTask;
        }),
        .. new[] { "a\rb", "a\nb", "a\r\nX-Injected: 1", "a\0b", "a\tb", "caf\u00e9", "\u4f60", "a\u007fb", " spaced ", "a\u0001b", "a\u0080b" }.Select(static value => new BehaviourCase($"header value {Uri.EscapeDataString(value)}", async (context, notes) =>
        {
            notes.Try("set", () => context.Response.Headers["X-Value"] = value);
            notes.Try("append", () => context.Response.Headers.Append("X-Other", value));
            notes.Try("set known", () => context.Response.Headers.ETag = value);
            await notes.TryAsync("write", () => context.Response.WriteAsync("four"));
        })),
        .. new[] { "a b", "a:b", "a\r\nb", "\u00e9", "a\0b", "(a)", ":status", "a\"b", "a/b", "X_Y", "a.b", "!#$%&'*+-.^_`|~" }.Select(static name => new BehaviourCase($"header name {Uri.EscapeDataString(name)}", async (context, notes) =>
        {
            notes.Try("set", () => context.Response.Headers[name] = "value");
            await notes.TryAsync("write", () => context.Response.WriteAsync("four"));
        })),
        new("header set after the start", static async (context, notes) =>
        {
            await context.Response.WriteAsync("four");
            await context.Response.Body.FlushAsync();
            notes.Add("started", context.Response.HasStarted);
            notes.Try("set", () => context.Response.Headers["X-Late"] = "1");
            notes.Try("append", () => context.Response.Headers.Append("X-Late", "1"));
            notes.Try("known", () => context.Response.Headers.ETag = "1");
            notes.Try("remove", () => context.Response.Headers.Remove("X-Late"));
            notes.Try("clear", () => context.Response.Headers.Clear());
            notes.Try("status", () => context.Response.StatusCode = 404);
            notes.Try("reason", () => context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = "late");
            notes.Try("length", () => context.Response.ContentLength = 4);
            notes.Try("type", () => context.Response.ContentType = "text/plain");
            notes.Try("on starting", () => context.Response.OnStarting(static () => Task.CompletedTask));
            notes.Try("on completed", () => context.Response.OnCompleted(static () => Task.CompletedTask));
            notes.Try("redirect", () => context.Response.Redirect("/elsewhere"));
            notes.Try("cookie", () => context.Response.Cookies.Append("a", "b"));
            notes.Try("clear all", () => context.Response.Clear());
            notes.Add("read-only", context.Response.Headers.IsReadOnly);
        }),
        new("request headers", static (context, notes) =>
        {
            foreach (var (name, values) in context.Request.Headers.OrderBy(static header => header.Key, StringComparer.Ordinal))
            {
                if (!name.StartsWith("Trace", StringComparison.OrdinalIgnoreCase)) notes.Add(name, $"{values.Count} {values}");
            }
            notes.Add("read-only", context.Request.Headers.IsReadOnly);
            notes.Add("cookies", string.Join(';', context.Request.Cookies.Select(static cookie => $"{cookie.Key}={cookie.Value}")));
            notes.Add("length", context.Request.ContentLength);
            notes.Try("set", () => context.Request.Headers["X-Set"] = "1");
            notes.Try("remove", () => context.Request.Headers.Remove("X-Set"));
            return Task.CompletedTask;
        }) { Headers = [("X-A", "1"), ("X-A", "2"), ("Accept", "a"), ("Accept", "b"), ("x-lower", "l"), ("Cookie", "a=1; b=2"), ("Cookie", "c=3"), ("X-Empty", ""), ("User-Agent", "me"), ("X-Spaced", "a  b")] },
        new("request header of UTF-8", static (context, notes) =>
        {
            notes.Add("value", context.Request.Headers["X-Word"]);
            notes.Add("known", context.Request.Headers.Referer);
            return Task.CompletedTask;
        }) { Headers = [("X-Word", "caf\u00c3\u00a9"), ("Referer", "\u00e4\u00bd\u00a0")], Versions = [1] },
        new("request header of Latin-1", static (context, notes) =>
        {
            notes.Add("value", context.Request.Headers["X-Word"]);
            return Task.CompletedTask;
        }) { Headers = [("X-Word", "caf\u00e9")], Versions = [1] },
    ];

    private static IEnumerable<BehaviourCase> Bodies =>
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
