using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>What endpoints do with statuses, lengths and headers.</summary>
internal static class ResponseCases
{
    public static IEnumerable<BehaviourCase> All => [.. Statuses, .. Lengths, .. HeaderCases];

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
            foreach (var status in new[] { 204, 205, 304 })
            {
                foreach (var length in new[] { 0, 4 })
                {
                    // To HEAD Kestrel does not answer where a length is forbidden.
                    foreach (var method in status != 304 && length > 0 ? ["GET", "POST"] : new[] { "GET", "POST", "HEAD" })
                    {
                        yield return new($"status {status}, length {length} and nothing written to {method}", (context, _) =>
                        {
                            (context.Response.StatusCode, context.Response.ContentLength) = (status, length);
                            return Task.CompletedTask;
                        })
                        { Method = method };
                        foreach (var (how, start) in new (string, Func<HttpResponse, Task>)[] { ("StartAsync", static response => response.StartAsync()), ("a flush", static response => response.Body.FlushAsync()), ("CompleteAsync", static response => response.CompleteAsync()) })
                        {
                            yield return new($"status {status}, length {length} and {how} to {method}", async (context, notes) =>
                            {
                                (context.Response.StatusCode, context.Response.ContentLength) = (status, length);
                                await notes.TryAsync("start", () => start(context.Response));
                                notes.Add("started", context.Response.HasStarted);
                            })
                            { Method = method };
                        }
                    }
                }
                foreach (var (name, value) in new[] { ("Content-Type", "text/plain"), ("Content-Encoding", "gzip") })
                {
                    yield return new($"status {status} with {name}", (context, notes) =>
                    {
                        context.Response.StatusCode = status;
                        context.Response.Headers[name] = value;
                        return notes.TryAsync("start", () => context.Response.StartAsync());
                    });
                    yield return new($"status {status} with {name} and nothing done", (context, _) =>
                    {
                        context.Response.StatusCode = status;
                        context.Response.Headers[name] = value;
                        return Task.CompletedTask;
                    });
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
        new("headers replaced, and a throw", static (context, notes) =>
        {
            context.Features.GetRequiredFeature<IHttpResponseFeature>().Headers = new HeaderDictionary { ["X-Replaced"] = "1", ContentLength = 4 };
            throw new InvalidOperationException("mine");
        }) { Versions = [1] }, // on HTTP/2 Kestrel never answers
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
}
