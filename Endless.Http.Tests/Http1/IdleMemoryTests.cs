using System.Text;
using Endless.Http.Tests.Server;
using Mono.Unix.Native;

namespace Endless.Http.Tests.Http1;

/// <summary>The memory of the whole process is looked at: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(IdleMemoryTests), DisableParallelization = true)]
public sealed class IdleMemoryCollection;

/// <summary>What a connection needed for a large request does not stay with it while it is idle.</summary>
[Collection(nameof(IdleMemoryTests))]
public sealed class IdleMemoryTests
{
    private const int Connections = 500;
    private const int HeadBytes = 60_000;

    [Fact]
    public async Task An_idle_connection_holds_no_buffer()
    {
        var request = $"POST / HTTP/1.1\r\nHost: a\r\nX: {new string('x', HeadBytes)}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: {new string('t', 8_000)}\r\n\r\n";
        var bytes = Encoding.ASCII.GetBytes(request);
        var servers = new List<Http1Fixture>();
        await RoundTripAsync(servers, bytes);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Connections; i++) await RoundTripAsync(servers, bytes);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Connections;

        // The objects of engine, pipes and test; a head's buffer alone would be 64 KiB.
        Assert.InRange(each, long.MinValue, 16 * 1024);
        foreach (var server in servers) await server.DisposeAsync();
    }

    [Fact]
    public async Task An_idle_connection_keeps_no_long_host()
    {
        WeakReference? kept = null;
        await using var server = new Http1Fixture(Handler.From((w, r) => kept = new WeakReference(r.Host)));
        Assert.Equal(200, (await server.RoundTripAsync($"GET / HTTP/1.1\r\nHost: {new string('x', 10_000)}\r\n\r\n")).Status);
        for (var i = 0; i < 3; i++) GC.Collect();
        Assert.False(kept!.IsAlive);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_idle_connection_holds_less_than_two_kibibytes(bool waits)
    {
        const int Measured = 300;
        using var server = await ServerFixture.StartAsync(Handler.From(async (w, _) =>
        {
            if (waits) await Task.Yield();
            w.Header.Set("Content-Type", "text/plain");
            w.Write("hello"u8);
        }));
        using var clients = new BareClients(server);
        var request = Encoding.ASCII.GetBytes($"GET /plaintext HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Range(0, 20).Select(i => $"X-{i}: {i}\r\n"))}\r\n");
        // Beyond 2,048 and 1,931, and what is measured ends before 4,049 and 4,096, at which tables of connections double, 80 bytes for each of 500.
        Open(2_100);
        // What tests before this one left is freed now and then, and caches of the runtime fill: the middle one is what the connections hold.
        var each = Enumerable.Range(0, 5).Select(_ => Measure()).Order().ElementAt(2);

        Assert.InRange(each, long.MinValue, 2 * 1024);

        long Measure()
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            Open(Measured);
            return (GC.GetTotalMemory(forceFullCollection: true) - before) / Measured;
        }

        unsafe void Open(int count)
        {
            var buffer = stackalloc byte[4096];
            for (var i = 0; i < count; i++)
            {
                Assert.NotEqual(0, Syscall.read(clients.Send(request), buffer, 4096));
                clients.AssertIdle();
            }
        }
    }

    private static async Task RoundTripAsync(List<Http1Fixture> servers, byte[] request)
    {
        var server = new Http1Fixture(async (w, r) =>
        {
            await r.ReadBodyAsync();
            w.Write(new byte[2_000]);
        });
        servers.Add(server);
        await server.SendAsync(request);
        Assert.Equal(2_000, (await server.Client.ReadAsync()).Body.Length);
    }
}
