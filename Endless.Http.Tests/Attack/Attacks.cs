using System.Net.Sockets;
using System.Text;

namespace Endless.Http.Tests.Attack;

/// <summary>What a client can do to make a server work, hold or wait for more than it sends.</summary>
internal static class Attacks
{
    private const uint Open = int.MaxValue;
    private const int Streams = 250; // as many as a connection may have open at once by default

    private static readonly TimeSpan WarmUpPause = TimeSpan.FromMilliseconds(5);

    public static IReadOnlyList<AttackPlan> All { get; } =
    [
        new("requests as fast as they are taken", false, "/quick", Pipelined("/quick")),
        new("a route that blocks, 600 connections", false, "/block", ManyGets(600, "/block?ms=300")),
        new("a route that blocks, 9 HTTP/2 connections", true, "/block", assault => EachAsync(9, () => StreamsAsync(assault, Open, "/block?ms=300"))),
        new("synchronous writes into shut windows", true, "/big-sync", assault => EachAsync(12, () => StreamsAsync(assault, 0, "/big-sync"))),
        new("asynchronous writes into shut windows", true, "/big", assault => EachAsync(12, () => StreamsAsync(assault, 0, "/big"))),
        new("answers that nobody reads, 200 connections", false, "/big", assault => EachAsync(200, () => UnreadAsync(assault))),
        new("300 heads that never end", false, "", assault => EachAsync(300, () => HalfHeadAsync(assault))),
        new("cookie crumbs", true, "/read", assault => EachAsync(2, () => CrumbsAsync(assault))),
        new("fields that name a long entry", true, "/read", assault => EachAsync(2, () => LongNamesAsync(assault))),
        new("SETTINGS full of windows", true, "", assault => EachAsync(2, () => FramesAsync(assault, AttackFrames.Windows(2_730, 65_535)))),
        new("PING", true, "", assault => EachAsync(2, () => FramesAsync(assault, Repeat(AttackFrames.Frame(AttackFrames.Ping, 0, 0, new byte[8]), 500)))),
        new("rapid reset", true, "/quick", assault => EachAsync(4, () => RapidResetAsync(assault))),
        new("DATA of padding only", true, "/read", assault => EachAsync(2, () => PaddedAsync(assault))),
        new("a handler that throws, over HTTP/2", true, "/throw", assault => EachAsync(2, () => RequestsAsync(assault, "/throw"))),
        new("a handler that throws, over HTTP/1.1", false, "/throw", Pipelined("/throw")),
        new("metrics", false, "/metrics", Pipelined("/metrics")),
        new("connections that say nothing", false, "", assault => EachAsync(1_000, () => SilentAsync(assault))),
    ];

    /// <summary>The attack of that name, or <see cref="WarmUp"/> for one.</summary>
    public static AttackPlan ByName(string name) => All.Concat(All.Select(WarmUp)).Single(plan => plan.Name == name);

    /// <summary>
    /// Well-behaved requests for what the attack asks for, over the protocol that it speaks: a server compiles what it runs for the first time, and one that has run for a while is what is attacked.
    /// </summary>
    public static AttackPlan WarmUp(AttackPlan plan)
    {
        var path = plan.Path switch
        {
            "" => "/quick",
            "/block" => "/block?ms=1",
            _ => plan.Path,
        };
        return new($"before {plan.Name}", plan.IsHttp2, path, assault => EachAsync(2, () => plan.IsHttp2 ? StreamsInTurnAsync(assault, path) : RequestsInTurnAsync(assault, path)));
    }

    private static async Task StreamsInTurnAsync(Assault assault, string path)
    {
        if (await BeginAsync(assault, Open) is not { } socket) return;
        for (var stream = 1; await assault.SendAsync(socket, AttackFrames.Get(stream, path)); stream += 2) await Task.Delay(WarmUpPause);
    }

    private static async Task RequestsInTurnAsync(Assault assault, string path)
    {
        if (await assault.ConnectAsync() is not { } socket) return;
        var draining = assault.DrainAsync(socket);
        while (await assault.SendAsync(socket, Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"))) await Task.Delay(WarmUpPause);
        await draining;
    }

    private static Func<Assault, Task> Pipelined(string path) => assault => EachAsync(2, async () =>
    {
        if (await assault.ConnectAsync() is not { } socket) return;
        var requests = Repeat(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"), 50);
        var draining = assault.DrainAsync(socket);
        while (await assault.SendAsync(socket, requests)) { }
        await draining;
    });

    private static Func<Assault, Task> ManyGets(int count, string path) => assault => EachAsync(count, async () =>
    {
        if (await assault.ConnectAsync() is not { } socket || !await assault.SendAsync(socket, Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"))) return;
        await assault.HoldAsync();
    });

    private static async Task StreamsAsync(Assault assault, uint window, string path)
    {
        if (await BeginAsync(assault, window) is not { } socket) return;
        for (var i = 0; i < Streams; i++)
            if (!await assault.SendAsync(socket, AttackFrames.Get(2 * i + 1, path))) return;
        await assault.HoldAsync();
    }

    private static async Task RequestsAsync(Assault assault, string path)
    {
        while (!assault.End.IsCancellationRequested)
        {
            if (await BeginAsync(assault, Open) is not { } socket) return;
            for (var stream = 1; stream < 200_000 && await assault.SendAsync(socket, AttackFrames.Get(stream, path)); stream += 2) { }
        }
    }

    private static async Task UnreadAsync(Assault assault)
    {
        if (await assault.ConnectAsync(receiveBuffer: 4096) is not { } socket || !await assault.SendAsync(socket, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray())) return;
        await assault.HoldAsync();
    }

    private static async Task HalfHeadAsync(Assault assault)
    {
        if (await assault.ConnectAsync() is not { } socket || !await assault.SendAsync(socket, Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('x', 8_000)}"))) return;
        await assault.HoldAsync();
    }

    private static async Task SilentAsync(Assault assault)
    {
        if (await assault.ConnectAsync() is not null) await assault.HoldAsync();
    }

    /// <summary>One cookie of 4,000 octets enters the table, and is then named by one octet a crumb (RFC 9113 section 8.2.3).</summary>
    private static async Task CrumbsAsync(Assault assault)
    {
        if (await BeginAsync(assault, Open) is not { } socket) return;
        if (!await assault.SendAsync(socket, AttackFrames.Get(1, "/read", AttackFrames.Indexed("cookie", new string('c', 3_900))))) return;
        var crumbs = Repeat([0xbe], 200); // the newest entry, 62
        for (var stream = 3; stream < 200_000 && await assault.SendAsync(socket, AttackFrames.Get(stream, "/read", crumbs)); stream += 2) { }
    }

    /// <summary>A name of 3,900 octets enters the table, and literals name it.</summary>
    private static async Task LongNamesAsync(Assault assault)
    {
        if (await BeginAsync(assault, Open) is not { } socket) return;
        if (!await assault.SendAsync(socket, AttackFrames.Get(1, "/read", AttackFrames.Indexed(new string('n', 3_900), "v")))) return;
        var fields = Repeat(AttackFrames.Literal(62, "v"), 90);
        for (var stream = 3; stream < 200_000 && await assault.SendAsync(socket, AttackFrames.Get(stream, "/read", fields)); stream += 2) { }
    }

    private static async Task FramesAsync(Assault assault, byte[] frames)
    {
        while (!assault.End.IsCancellationRequested)
        {
            if (await BeginAsync(assault, Open) is not { } socket) return;
            while (await assault.SendAsync(socket, frames)) { }
        }
    }

    private static async Task RapidResetAsync(Assault assault)
    {
        while (!assault.End.IsCancellationRequested)
        {
            if (await BeginAsync(assault, Open) is not { } socket) return;
            for (var stream = 1; stream < 200_000; stream += 2)
                if (!await assault.SendAsync(socket, (byte[])[.. AttackFrames.Get(stream, "/quick"), .. AttackFrames.Frame(AttackFrames.RstStream, 0, stream, [0, 0, 0, 8])])) break;
        }
    }

    private static async Task PaddedAsync(Assault assault)
    {
        while (!assault.End.IsCancellationRequested)
        {
            if (await BeginAsync(assault, Open) is not { } socket) return;
            if (!await assault.SendAsync(socket, AttackFrames.Frame(AttackFrames.Headers, AttackFrames.EndHeaders, 1, AttackFrames.Start("/read")))) continue;
            var frames = Repeat(AttackFrames.Frame(AttackFrames.Data, AttackFrames.Padded, 1, [0]), 500);
            while (await assault.SendAsync(socket, frames)) { }
        }
    }

    /// <summary>A connection of HTTP/2 by prior knowledge, whose answers are thrown away.</summary>
    private static async Task<Socket?> BeginAsync(Assault assault, uint window)
    {
        if (await assault.ConnectAsync() is not { } socket || !await assault.SendAsync(socket, AttackFrames.Preface(window))) return null;
        _ = assault.DrainAsync(socket);
        return socket;
    }

    private static Task EachAsync(int count, Func<Task> play) => Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(play)));

    private static byte[] Repeat(byte[] bytes, int count) => [.. Enumerable.Repeat(bytes, count).SelectMany(once => once)];
}
