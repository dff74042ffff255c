using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Endless.Http.Http2;

namespace Endless.Http.Tests.Server;

/// <summary>
/// Handlers that write on when their connection is closed, and clients that come and go so fast that its number is another's at once. Each request has an id, which every byte that the
/// handler writes for it carries: a client that sees another's id has received what was not meant for it.
/// </summary>
public sealed partial class DescriptorReuseTests
{
    private const int Clients = 6;
    private const int Connections = 120;

    /// <summary>Of one handler: enough to go on while the next connections come.</summary>
    private const int LateWrites = 30;

    private readonly ConcurrentDictionary<EndPoint, TaskCompletionSource> _closed = [];
    private readonly ConcurrentBag<Task> _late = [];
    private readonly ConcurrentDictionary<EndPoint, byte> _haveLate = [];

    [Theory]
    [InlineData("keep-alive")]
    [InlineData("close")]
    [InlineData("h2c")]
    [InlineData("hijack")]
    public async Task A_client_sees_only_what_was_written_for_it(string kind)
    {
        using var fixture = new ServerFixture("127.0.0.1:0", Handler.From((w, r) => ServeAsync(kind, w, r)));
        fixture.Server.ConnectionStateChanged += (_, change) =>
        {
            if (change.State == ConnectionState.Closed) ClosedOf(change.Connection.RemoteEndPoint!).TrySetResult();
        };
        await fixture.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            for (var i = 0; i < Connections; i++) await VisitAsync(kind, fixture.Server.LocalEndPoint!, $"{kind}{client}x{i}");
        })));
        await Task.WhenAll(_late).WaitAsync(ServerFixture.Deadline);
        Assert.InRange(_late.Count, Clients * Connections / 2, int.MaxValue); // a client's port may have come twice
    }

    private TaskCompletionSource ClosedOf(EndPoint client) => _closed.GetOrAdd(client, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task ServeAsync(string kind, ResponseWriter w, Request r)
    {
        var bytes = Encoding.ASCII.GetBytes($"<{r.Path[1..]}>");
        var closed = ClosedOf(r.RemoteEndPoint!).Task;
        if (kind == "hijack")
        {
            await TakeOverAsync(w.Hijack(), bytes);
            return;
        }
        await w.WriteAsync(bytes);
        // One for each connection: that several write at once is another fault, and another test's.
        if (!_haveLate.TryAdd(r.RemoteEndPoint!, 0)) return;
        _late.Add(Task.Run(async () =>
        {
            await closed;
            for (var i = 0; i < LateWrites; i++)
            {
                try
                {
                    await w.WriteAsync(bytes);
                    await w.FlushAsync();
                }
                catch (Exception e) when (e is InvalidOperationException or IOException)
                {
                    // That the request is over, or the client gone.
                }
                await Task.Yield();
            }
        }));
    }

    /// <summary>Several tasks write in turn, one of them closes the connection, and all of them write on, without taking turns: there is nothing left that they could disturb.</summary>
    private async Task TakeOverAsync(HijackedConnection connection, byte[] bytes)
    {
        var turn = new SemaphoreSlim(1);
        var isDisposed = false;
        await turn.WaitAsync();
        await connection.Output.WriteAsync(bytes);
        turn.Release();
        for (var i = 0; i < 3; i++)
        {
            var disposes = i == 1;
            _late.Add(Task.Run(async () =>
            {
                for (var n = 0; n < LateWrites; n++)
                {
                    if (!Volatile.Read(ref isDisposed)) await turn.WaitAsync();
                    if (disposes && n == 2)
                    {
                        connection.Dispose();
                        Volatile.Write(ref isDisposed, true);
                        turn.Release(LateWrites * 3);
                    }
                    await connection.Output.WriteAsync(bytes);
                    if (!Volatile.Read(ref isDisposed)) turn.Release();
                    await Task.Yield();
                }
            }));
        }
    }

    /// <summary>One connection: asks, and looks at all that comes until it has what it wants, or the end.</summary>
    private static async Task VisitAsync(string kind, EndPoint server, string id)
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(server);
        var seen = new StringBuilder();
        switch (kind)
        {
            case "keep-alive":
                for (var i = 1; i <= 3; i++)
                {
                    await client.SendAsync(Encoding.ASCII.GetBytes($"GET /{id} HTTP/1.1\r\nHost: a\r\n\r\n"));
                    await ReceiveAsync(client, seen, () => Ids(seen).Count(seenId => seenId == id) >= i);
                }
                break;
            case "h2c":
                await client.SendAsync(Http2Request(id));
                await ReceiveAsync(client, seen, () => Ids(seen).Contains(id));
                break;
            default:
                await client.SendAsync(Encoding.ASCII.GetBytes($"GET /{id} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
                await ReceiveAsync(client, seen, () => false);
                break;
        }
        Assert.Contains(id, Ids(seen));
        Assert.All(Ids(seen), seenId => Assert.Equal(id, seenId));
    }

    private static async Task ReceiveAsync(Socket client, StringBuilder seen, Func<bool> isEnough)
    {
        var buffer = new byte[4096];
        while (!isEnough())
        {
            var count = 0;
            try
            {
                count = await client.ReceiveAsync(buffer).WaitAsync(ServerFixture.Deadline);
            }
            catch (SocketException)
            {
                // A reset is an end too.
            }
            if (count == 0) return;
            seen.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
    }

    private static byte[] Http2Request(string id)
    {
        var client = new Http2.Http2Client(null!, null!);
        client.Frames.WriteSettings([]);
        client.Request(1, path: $"/{id}");
        return [.. Preface.Octets, .. client.Frames.Written.Span];
    }

    private static List<string> Ids(StringBuilder seen) => [.. Id().Matches(seen.ToString()).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("<([^<>]+)>")]
    private static partial Regex Id();
}
