using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Endless.Http.AspNetCore.Tests.Peers;

/// <summary>Clients that leave, aborts, upgrades, resets and files.</summary>
internal static class ConnectionCases
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    public static IEnumerable<BehaviourCase> All => [.. Ends, .. Upgrades, .. Streams, .. Files];

    private static IEnumerable<BehaviourCase> Ends =>
    [
        new("a client that leaves while the endpoint waits", static async (context, notes) =>
        {
            await context.Response.WriteAsync("four");
            await context.Response.Body.FlushAsync();
            await CancelledAsync(context.RequestAborted, notes);
            notes.Add("aborted", context.RequestAborted.IsCancellationRequested);
            await notes.TryAsync("write", () => context.Response.WriteAsync("more"));
            notes.Add("token again", context.RequestAborted.IsCancellationRequested);
        })
        {
            Versions = [1],
            Client = static async (client, path, _) =>
            {
                await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: peer\r\n\r\n");
                await client.ReadTextAsync(12);
                client.Reset();
            },
        },
        new("a client that leaves in an upload", static async (context, notes) =>
        {
            await context.Response.Body.FlushAsync();
            await notes.TryAsync("read", () => context.Request.Body.CopyToAsync(Stream.Null));
        })
        {
            Versions = [1],
            WithMessages = false,
            Client = static async (client, path, _) =>
            {
                await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: peer\r\nContent-Length: 100\r\n\r\nhello");
                await client.ReadTextAsync(12);
                client.Reset();
            },
        },
        new("Abort before the start", static async (context, notes) =>
        {
            context.Abort();
            await CancelledAsync(context.RequestAborted, notes);
            await notes.TryAsync("write", () => context.Response.WriteAsync("four"));
            notes.Try("again", () => context.Abort());
        }),
        new("Abort after the start", static async (context, notes) =>
        {
            await context.Response.StartAsync();
            context.Abort();
            await CancelledAsync(context.RequestAborted, notes);
            await notes.TryAsync("write", () => context.Response.WriteAsync("more"));
            await notes.TryAsync("complete", () => context.Response.CompleteAsync());
        }) { Client = static (client, path, seen) => GoneAsync(client, path, seen), StreamClient = static (client, path, seen) => GoneAsync(client, path, seen) },
        new("Abort and a read", static async (context, notes) =>
        {
            context.Abort();
            await notes.TryAsync("read", () => context.Request.Body.ReadAsync(new byte[1]).AsTask());
        }) { Method = "POST", Body = new byte[100_000], Client = static (client, path, seen) => GoneAsync(client, path, seen) },
        new("a throw within a body that ends with the connection", static async (context, notes) =>
        {
            await context.Response.WriteAsync("four");
            await context.Response.Body.FlushAsync();
            throw new InvalidOperationException("mine");
        })
        {
            Versions = [1],
            Client = static async (client, path, seen) =>
            {
                await client.SendAsync($"GET {path} HTTP/1.0\r\n\r\n");
                var answer = await client.ReadAsync();
                seen.Add("framing", answer.Framing);
                seen.Add("fault", answer.Fault);
            },
        },
        new("RequestClose of the connection", static async (context, notes) =>
        {
            notes.Try("close", () => context.Features.Get<IConnectionLifetimeNotificationFeature>()!.RequestClose());
            await context.Response.WriteAsync("four");
        }) { Versions = [1] },
        new("a bad request feature", static (context, notes) =>
        {
            notes.Add("feature", context.Features.Get<IBadRequestExceptionFeature>()?.Error?.Message);
            return Task.CompletedTask;
        }),
    ];

    private static IEnumerable<BehaviourCase> Upgrades =>
    [
        new("an upgrade that nobody asked for", static async (context, notes) =>
        {
            var upgrade = context.Features.GetRequiredFeature<IHttpUpgradeFeature>();
            notes.Add("upgradable", upgrade.IsUpgradableRequest);
            await notes.TryAsync("upgrade", () => upgrade.UpgradeAsync());
        }),
        new("an upgrade after the start", static async (context, notes) =>
        {
            await context.Response.WriteAsync("four");
            await notes.TryAsync("upgrade", () => context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync());
        }) { Headers = [("Connection", "Upgrade"), ("Upgrade", "echo")], Versions = [1] },
        new("an upgrade of a request with a body", static async (context, notes) =>
        {
            notes.Add("upgradable", context.Features.GetRequiredFeature<IHttpUpgradeFeature>().IsUpgradableRequest);
            await notes.TryAsync("upgrade", () => context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync());
        }) { Method = "POST", Headers = [("Connection", "Upgrade"), ("Upgrade", "echo")], Body = [1, 2, 3], Versions = [1] },
        new("an upgraded echo", static async (context, notes) =>
        {
            context.Response.Headers.Upgrade = "echo";
            context.Response.Headers["X-Upgraded"] = "1";
            var upgrade = context.Features.GetRequiredFeature<IHttpUpgradeFeature>();
            notes.Add("upgradable", upgrade.IsUpgradableRequest);
            await using var stream = await upgrade.UpgradeAsync();
            await notes.TryAsync("again", () => upgrade.UpgradeAsync());
            notes.Add("started", $"{context.Response.HasStarted} {context.Response.StatusCode}");
            notes.Add("can", $"{stream.CanRead} {stream.CanWrite} {stream.CanSeek} {stream.CanTimeout}");
            await notes.TryAsync("read the request's body", () => context.Request.Body.ReadAsync(new byte[1]).AsTask());
            await notes.TryAsync("write to the response", () => context.Response.Body.WriteAsync(new byte[1]).AsTask());
            notes.Add("nothing", await stream.ReadAsync(Memory<byte>.Empty));
            var buffer = new byte[5];
            notes.Add("read", await stream.ReadAtLeastAsync(buffer, 5));
            await stream.WriteAsync(buffer);
            notes.Add("end", await stream.ReadAsync(buffer));
        })
        {
            Versions = [1],
            Client = static async (client, path, seen) =>
            {
                await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: peer\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
                seen.AddAll((await client.ReadAsync()).Observe());
                await client.SendAsync("hello");
                seen.Add("echo", await client.ReadTextAsync(5));
                client.EndSending();
                seen.Add("end", await client.ReadToEndAsync());
            },
        },
        new("a WebSocket", static async (context, notes) =>
        {
            notes.Add("request", context.WebSockets.IsWebSocketRequest);
            notes.Add("asked", string.Join(',', context.WebSockets.WebSocketRequestedProtocols));
            using var socket = await context.WebSockets.AcceptWebSocketAsync("two");
            await socket.SendAsync("first"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            var empty = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
            notes.Add("nothing", $"{empty.Count} {empty.EndOfMessage}");
            var buffer = new byte[100];
            var received = await socket.ReceiveAsync(buffer, CancellationToken.None);
            notes.Add("received", Encoding.ASCII.GetString(buffer, 0, received.Count));
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
        })
        {
            Versions = [1],
            Client = static async (client, path, seen) =>
            {
                await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: peer\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: one, two\r\n\r\n");
                seen.AddAll((await client.ReadAsync()).Observe());
                seen.Add("first", await client.ReadTextAsync(7));
                await client.SendAsync(new byte[] { 0x81, 0x83, 0, 0, 0, 0, (byte)'a', (byte)'b', (byte)'c' });
                seen.Add("close", await client.ReadTextAsync(7));
                await client.SendAsync(new byte[] { 0x88, 0x82, 0, 0, 0, 0, 3, 0xe8 });
                seen.Add("end", await client.ReadToEndAsync());
            },
        },
    ];

    private static IEnumerable<BehaviourCase> Streams =>
    [
        .. new[] { 0, 2, 7, 8, 13 }.Select(static code => new BehaviourCase($"a reset with {code}", (context, notes) =>
        {
            notes.Try("reset", () => context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(code));
            notes.Add("aborted", context.RequestAborted.IsCancellationRequested);
            return Task.CompletedTask;
        }) { Versions = [2] }),
        new("a reset after the start", static async (context, notes) =>
        {
            await context.Response.WriteAsync("four");
            await context.Response.Body.FlushAsync();
            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(8);
            await notes.TryAsync("write", () => context.Response.WriteAsync("more"));
        }) { Versions = [2], StreamClient = static (client, path, seen) => GoneAsync(client, path, seen) },
        new("trailers of the response", static async (context, notes) =>
        {
            notes.Add("supported", context.Response.SupportsTrailers());
            context.Response.DeclareTrailer("X-T");
            await context.Response.WriteAsync("four");
            context.Response.AppendTrailer("X-T", "1");
            context.Response.AppendTrailer("X-U", new[] { "2", "3" });
        }) { Versions = [2] },
        new("trailers without a body", static (context, _) =>
        {
            context.Response.AppendTrailer("X-T", "1");
            return Task.CompletedTask;
        }) { Versions = [2] },
        new("trailers that are wrong", static async (context, notes) =>
        {
            notes.Try("line end", () => context.Response.AppendTrailer("X-T", "1\r\n2"));
            notes.Try("pseudo", () => context.Response.AppendTrailer(":status", "1"));
            notes.Try("name", () => context.Response.AppendTrailer("a b", "1"));
            await context.Response.WriteAsync("four");
        }) { Versions = [2] },
        new("trailers after CompleteAsync", static async (context, notes) =>
        {
            await context.Response.WriteAsync("four");
            await context.Response.CompleteAsync();
            notes.Try("append", () => context.Response.AppendTrailer("X-T", "1"));
        }) { Versions = [2] },
        new("trailers of HTTP/1.1", static (context, notes) =>
        {
            notes.Add("supported", context.Response.SupportsTrailers());
            notes.Try("append", () => context.Response.AppendTrailer("X-T", "1"));
            return Task.CompletedTask;
        }) { Versions = [1] },
        new("headers that a stream may not have", static async (context, notes) =>
        {
            notes.Try("connection", () => context.Response.Headers.Connection = "close");
            notes.Try("transfer-encoding", () => context.Response.Headers.TransferEncoding = "chunked");
            notes.Try("upgrade", () => context.Response.Headers.Upgrade = "x");
            notes.Try("keep-alive", () => context.Response.Headers.KeepAlive = "x");
            notes.Try("upper", () => context.Response.Headers["X-Upper"] = "x");
            await context.Response.WriteAsync("four");
        }) { Versions = [2] },
    ];

    private static IEnumerable<BehaviourCase> Files =>
    [
        File("whole", 0, null),
        File("from the middle", 100, null),
        File("a part", 100, 1000),
        File("nothing of it", 100, 0),
        File("beyond its end", 0, 1_000_000),
        File("before its beginning", -1, 10),
        File("of a negative count", 0, -1),
        new("a file after a write", static async (context, notes) =>
        {
            await context.Response.WriteAsync("four");
            await notes.TryAsync("send", () => context.Response.SendFileAsync(FileName.Value));
            await context.Response.WriteAsync("five");
        }),
        new("a file with its length", static async (context, notes) =>
        {
            context.Response.ContentLength = 200_000;
            await notes.TryAsync("send", () => context.Response.SendFileAsync(FileName.Value));
        }),
        new("a file to HEAD", static async (context, notes) =>
        {
            context.Response.ContentLength = 200_000;
            await notes.TryAsync("send", () => context.Response.SendFileAsync(FileName.Value));
        }) { Method = "HEAD" },
    ];

    private static readonly Lazy<string> FileName = new(static () =>
    {
        var name = Path.Combine(AppContext.BaseDirectory, "peers-sent.bin");
        System.IO.File.WriteAllBytes(name, [.. Enumerable.Range(0, 200_000).Select(static number => (byte)(number * 7))]);
        return name;
    });

    private static BehaviourCase File(string name, long offset, long? count) => new("a file " + name, (context, notes) => notes.TryAsync("send", () => context.Response.SendFileAsync(FileName.Value, offset, count)));

    private static async Task CancelledAsync(CancellationToken token, Observation notes)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(cancelled.SetResult);
        await notes.TryAsync("cancelled", () => cancelled.Task.WaitAsync(Patience));
    }

    /// <summary>Only that there was no whole response: how much of it leaves before an abort is chance.</summary>
    private static async Task GoneAsync(RawClient client, string path, Observation seen)
    {
        await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: peer\r\nContent-Length: 100000\r\n\r\n{new string('x', 100_000)}");
        seen.Add("fault", (await client.ReadAsync()).Fault);
    }

    private static async Task GoneAsync(PriorKnowledgeClient client, string path, Observation seen)
    {
        using var request = client.Request("GET", path);
        seen.Add("fault", (await client.SendAsync(request)).Fault);
    }
}
